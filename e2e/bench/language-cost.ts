import { join } from 'node:path';
import type { BenchSetting } from './bench-setting.ts';
import { engineBuild } from './engine-builds.ts';
import { measureSideBySide } from './measure-side-by-side.ts';
import { OurEngine } from './our-engine.ts';
import { type Comparison, compare } from './ratios.ts';

/** `auto` to the language given. */
export interface LanguageCost {
  long: Comparison;
  short: Comparison;
}

export async function languageCost({ model, plan, recordings, say }: BenchSetting): Promise<LanguageCost> {
  const serverPath = join(await engineBuild('ours'), 'whisper-server');
  const same = { serverPath, modelPath: model.q8_0, threads: 1 };
  await using auto = await OurEngine.start({ ...same, name: 'language found out', language: null });
  await using given = await OurEngine.start({ ...same, name: 'language given', language: 'en' });
  const measure = async (durationSeconds: number) => {
    const recording = await recordings.wavFiles(1, durationSeconds);
    const groups = Array.from({ length: plan.variantRounds }, () => recording);
    const [ofAuto = [], ofGiven = []] = await measureSideBySide([auto, given], groups, say);
    return compare(ofAuto, ofGiven);
  };
  return { long: await measure(plan.longSeconds), short: await measure(plan.shortSeconds) };
}
