import { join } from 'node:path';
import type { BenchSetting } from './bench-setting.ts';
import { engineBuild } from './engine-builds.ts';
import type { Recording } from './listener.ts';
import { measureSideBySide } from './measure-side-by-side.ts';
import { OurEngine } from './our-engine.ts';
import { type Comparison, compare } from './ratios.ts';
import { WhisperCli } from './whisper-cli.ts';

interface BesideWhisperCli {
  /** Our engine beside whisper-cli as nodejs-whisper builds it. */
  besidePackage: Comparison;
  /** Our engine beside whisper-cli of our own build. */
  besideOwnBuild: Comparison;
}

export interface BesideWhisperCliResult {
  long: BesideWhisperCli;
  short: BesideWhisperCli;
  /** What our engine spends once, before its first recording; in no ratio. */
  startCpuSeconds: number;
}

/** One thread, greedy, q8_0, the language given to all three. */
export async function besideWhisperCli(setting: BenchSetting): Promise<BesideWhisperCliResult> {
  const { model, plan, recordings } = setting;
  const [own, asThePackage] = [await engineBuild('ours'), await engineBuild('package')];
  const same = { modelPath: model.q8_0, language: 'en', threads: 1 };
  const cli = (name: string, build: string) =>
    new WhisperCli({ ...same, name, cliPath: join(build, 'whisper-cli') });
  await using engine = await OurEngine.start({
    ...same,
    name: 'our engine',
    serverPath: join(own, 'whisper-server'),
  });
  const sides = [
    engine,
    cli('whisper-cli of nodejs-whisper', asThePackage),
    cli('whisper-cli, our build', own),
  ];

  const measure = async (groups: Recording[][]): Promise<BesideWhisperCli> => {
    const [ours = [], ofPackage = [], ofOwnBuild = []] = await measureSideBySide(sides, groups, setting.say);
    return { besidePackage: compare(ours, ofPackage), besideOwnBuild: compare(ours, ofOwnBuild) };
  };
  const long = await recordings.wavFiles(1, plan.longSeconds);
  const short = await recordings.wavFiles(plan.shortFiles, plan.shortSeconds);
  return {
    long: await measure(Array.from({ length: plan.longRounds }, () => long)),
    short: await measure(inGroups(short, plan.shortRounds)),
    startCpuSeconds: engine.startCpuSeconds,
  };
}

function inGroups<T>(items: readonly T[], count: number): T[][] {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size));
}
