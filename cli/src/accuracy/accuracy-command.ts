import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CommandFailed, exitCodes } from '../command-failed.ts';
import { type ListeningOptions, withLanguageAndQuality } from '../listening-options.ts';
import { count } from '../option-values.ts';
import { serverOf } from '../server/server-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { findRecordings } from './data/find-recordings.ts';
import type { Recording } from './data/recording.ts';
import { type MeasuredFiles, measureFiles } from './measure-files.ts';
import { type NormaliserName, normalisers } from './normalise.ts';
import { startOwnServer } from './own-server.ts';
import { measuringProgress } from './progress-line.ts';
import { reportOf, reportText } from './report.ts';

interface Options extends ListeningOptions {
  data: string;
  url?: string;
  key?: string;
  split?: string;
  limit?: number;
  normalizer: NormaliserName;
  jobs: number;
  json?: string;
}

export function addAccuracy(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('accuracy')
    .description('measure how well recordings whose text is known are heard')
    .requiredOption('--data <dir>', 'audio with .txt beside it, LibriSpeech, Common Voice or FLEURS')
    .option('--url <url>', 'a running server (default: one of its own, with the settings of the environment)')
    .option('--key <key>', 'its API key (default: VERBATIM_API_KEY)')
    .option('--split <name>', 'of Common Voice and FLEURS (default: test, else validated)')
    .option('--limit <n>', 'so many recordings, taken evenly from all', count)
    .addOption(
      new Option(
        '--normalizer <rules>',
        "what counts as the same word: Whisper's rules, its basic ones, or every character",
      )
        .choices(normalisers)
        .default('whisper'),
    )
    .option('--jobs <n>', 'recordings at the same time', count, 4)
    .option('--json <file>', 'write all results there too')
    .action((options: Options) => measureAccuracy(options, surroundings));
  withLanguageAndQuality(command);
}

async function measureAccuracy(options: Options, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr, stop } = surroundings;
  const all = await findRecordings(resolve(options.data), options);
  const recordings = evenly(all, options.limit ?? all.length).map((recording) => ({
    ...recording,
    language: options.language ?? recording.language,
  }));

  const results = await onServer(options, surroundings, recordings);
  const shown = (file: string) => relative(resolve(options.data), file);
  const named: MeasuredFiles = {
    ...results,
    measured: results.measured.map((file) => ({ ...file, file: shown(file.file) })),
    failed: results.failed.map((file) => ({ ...file, file: shown(file.file) })),
  };
  const report = reportOf(named, options.normalizer);
  stdout.write(reportText(report));
  if (options.json) await writeJson(options.json, report);

  if (stop.aborted) {
    stderr.write(`Stopped after ${report.files.length} of ${recordings.length} recordings.\n`);
    throw new CommandFailed('', { exitCode: exitCodes.interrupted });
  }
  if (report.failed.length > 0) throw new CommandFailed(`${report.failed.length} recordings failed.`);
}

async function onServer(
  options: Options,
  surroundings: Surroundings,
  recordings: Recording[],
): Promise<MeasuredFiles> {
  const { env, stderr, stop } = surroundings;
  const own = options.url ? undefined : await startOwnServer(env, stop);
  const progress = measuringProgress(recordings.length, stderr);
  try {
    const server = serverOf({ ...options, ...(own ? { url: own.url } : {}) }, surroundings);
    const order = { normaliser: options.normalizer, jobsAtOnce: options.jobs, quality: options.quality };
    return await measureFiles(recordings, order, server, progress.show, stop);
  } finally {
    progress.end();
    await own?.stop();
  }
}

/** Data is sorted by speaker: the first hundred would be three people. */
function evenly<T>(items: T[], limit: number): T[] {
  if (limit >= items.length) return items;
  return Array.from({ length: limit }, (_, index) => items[Math.floor((index * items.length) / limit)] as T);
}

async function writeJson(path: string, report: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(report, null, 1)}\n`).catch((cause: unknown) => {
    throw new CommandFailed(`${path} can't be written.`, { cause });
  });
}
