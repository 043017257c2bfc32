import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../standalone/src/engine/engine-directory.ts';
import { aroundEngine } from './around-engine.ts';
import { BadOptions, type BenchOptions, readBenchOptions, usage } from './bench-options.ts';
import { planFor } from './bench-plan.ts';
import { type BenchReport, boundsOf, commitHere, type ModelFigures, thisMachine } from './bench-report.ts';
import { besideWhisperCli } from './beside-whisper-cli.ts';
import { engineBuild } from './engine-builds.ts';
import { measureVariants } from './engine-variants.ts';
import { languageCost } from './language-cost.ts';
import { Recordings } from './recordings.ts';
import { reportText } from './report-text.ts';
import { type ModelSize, scriptedModel } from './scripted-model.ts';

/** `npm run bench:engine`: measures, prints tables, writes JSON; ends with 1 when a bound was missed. */
async function main(): Promise<void> {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
  try {
    const report: BenchReport = {
      ...{ at: new Date().toISOString(), commit: commitHere(), machine: thisMachine() },
      ...{ quick: options.quick, models: [], bounds: [] },
    };
    const recordings = await Recordings.open(folder);
    for (const size of options.models) {
      for await (const figures of measureModel(size, recordings, options)) {
        report.models = [...report.models.filter(({ model }) => model !== size), figures];
        report.bounds = options.quick ? [] : report.models.flatMap(boundsOf);
        // After each part: what took half an hour is not to be lost.
        await writeFile(options.outPath, `${JSON.stringify(report, null, 2)}\n`);
      }
    }
    process.stdout.write(`\n${reportText(report)}`);
    if (report.bounds.some(({ met }) => !met)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Gives what is measured so far, after each part. */
async function* measureModel(
  size: ModelSize,
  recordings: Recordings,
  { parts, builds, quick }: BenchOptions,
): AsyncGenerator<ModelFigures> {
  const say = (text: string) => console.error(`${size}: ${text}`);
  const quantizePath = join(await engineBuild('ours'), 'whisper-quantize');
  const model = await scriptedModel(size, { quantizePath, cache: cacheDirectory(), env: process.env });
  const setting = { size, model, plan: planFor(size, quick), recordings, say };
  const measure = {
    cli: () => besideWhisperCli(setting),
    around: () => aroundEngine(setting),
    builds: () => measureVariants(setting, builds),
    language: () => languageCost(setting),
  };
  let figures: ModelFigures = { model: size, plan: setting.plan };
  for (const part of parts) {
    figures = { ...figures, [part]: await measure[part]() };
    yield figures;
  }
}

// Without a listener nobody would hear of the end, and whisper-cli would go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
} catch (error) {
  if (!(error instanceof BadOptions)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
