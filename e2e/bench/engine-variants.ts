import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchSetting } from './bench-setting.ts';
import { type BuildName, engineBuild } from './engine-builds.ts';
import { measureSideBySide } from './measure-side-by-side.ts';
import { OurEngine } from './our-engine.ts';
import { type Comparison, compare } from './ratios.ts';

interface Variant {
  name: string;
  /** What is other than in our engine. */
  what: string;
  build?: BuildName;
  threads?: number;
  f16?: boolean;
  /** Given to whisper-server after all that our engine gives it. */
  serverOption?: string;
}

const variants: readonly Variant[] = [
  { name: 'package', what: "all of nodejs-whisper's own defaults", build: 'package' },
  { name: 'no-llamafile', what: 'GGML_LLAMAFILE=OFF', build: 'no-llamafile' },
  { name: 'portable', what: 'GGML_CPU_ALL_VARIANTS=ON, as in our images', build: 'portable' },
  { name: 'avx2', what: 'GGML_NATIVE=OFF, AVX2 for every processor', build: 'avx2' },
  { name: 'blas', what: 'GGML_BLAS=ON, OpenBLAS', build: 'blas' },
  { name: 'no-openmp', what: "GGML_OPENMP=OFF, ggml's own threads", build: 'no-openmp' },
  { name: 'lto', what: 'GGML_LTO=ON', build: 'lto' },
  { name: 'threads-2', what: 'two threads', threads: 2 },
  { name: 'no-flash', what: 'without flash attention (-nfa)', serverOption: '-nfa' },
  { name: 'f16', what: 'f16 weights instead of q8_0', f16: true },
];

export interface MeasuredVariant {
  name: string;
  what: string;
  /** The variant to our engine as it is; null: it could not be had here, for this reason. */
  comparison: Comparison | null;
  reason?: string;
}

/** Our engine, changed in one thing at a time, beside itself unchanged. */
export async function measureVariants(
  setting: BenchSetting,
  names: readonly string[] | null,
): Promise<MeasuredVariant[]> {
  const measured: MeasuredVariant[] = [];
  for (const variant of variants.filter(({ name }) => names?.includes(name) ?? true)) {
    const { name, what } = variant;
    try {
      measured.push({ name, what, comparison: await measureVariant(variant, setting) });
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error);
      setting.say(`${what}: left out. ${reason}`);
      measured.push({ name, what, comparison: null, reason });
    }
  }
  return measured;
}

async function measureVariant(variant: Variant, { model, plan, recordings, say }: BenchSetting) {
  const threads = variant.threads ?? 1;
  if (availableParallelism() < threads) throw new Error(`It needs ${threads} cores.`);
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-variant-'));
  try {
    const serverPath = join(await engineBuild(variant.build ?? 'ours'), 'whisper-server');
    const ours = { language: 'en', threads: 1, modelPath: model.q8_0 };
    await using changed = await OurEngine.start({
      ...ours,
      name: variant.what,
      serverPath: await withOption(serverPath, variant.serverOption, folder),
      threads,
      modelPath: variant.f16 ? model.f16 : model.q8_0,
    });
    await using unchanged = await OurEngine.start({
      ...ours,
      name: 'our engine',
      serverPath: join(await engineBuild('ours'), 'whisper-server'),
    });
    const long = await recordings.wavFiles(1, plan.variantSeconds);
    const groups = Array.from({ length: plan.variantRounds }, () => long);
    const [ofChanged = [], ofUnchanged = []] = await measureSideBySide([changed, unchanged], groups, say);
    return compare(ofChanged, ofUnchanged);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Our engine has no setting for it: a script in the server's place adds it. */
async function withOption(serverPath: string, option: string | undefined, folder: string): Promise<string> {
  if (option === undefined) return serverPath;
  const script = join(folder, 'whisper-server');
  await writeFile(script, `#!/bin/sh\nexec '${serverPath}' "$@" ${option}\n`, { mode: 0o700 });
  return script;
}
