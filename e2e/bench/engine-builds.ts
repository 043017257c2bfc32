import { join } from 'node:path';
import { buildEngine } from '../../standalone/src/engine/build-engine.ts';
import {
  buildIdentity,
  cacheDirectory,
  cmakeFlags,
  engineDir,
} from '../../standalone/src/engine/engine-directory.ts';

const ours = cmakeFlags('native');
/** Lets programs find their libraries beside them, wherever that is. */
const movable = '-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON';

/** All named: what GGML_NATIVE=OFF turns on by itself changes with the surroundings (SOURCE_DATE_EPOCH, for one). */
const forAvx2 = ['SSE42', 'AVX', 'AVX2', 'BMI2', 'FMA', 'F16C'].map((name) => `-DGGML_${name}=ON`);
const others = ours.filter((flag) => !flag.startsWith('-DGGML_NATIVE'));

/**
 * Builds of the same source. `package` is what nodejs-whisper 0.3.1 does by itself, `cmake -B build` without any option
 * (its dist/buildConfig.js); the one here changes no code.
 */
const flagsOf = {
  package: [movable],
  'no-llamafile': ours.map((flag) => (flag === '-DGGML_LLAMAFILE=ON' ? '-DGGML_LLAMAFILE=OFF' : flag)),
  portable: cmakeFlags('portable'),
  avx2: [...others, '-DGGML_NATIVE=OFF', ...forAvx2],
  blas: [...ours, '-DGGML_BLAS=ON', '-DGGML_BLAS_VENDOR=OpenBLAS'],
  'no-openmp': [...ours, '-DGGML_OPENMP=OFF'],
  lto: [...ours, '-DGGML_LTO=ON'],
};

export type BuildName = 'ours' | keyof typeof flagsOf;

/** The folder of a build, made on first use and kept in the cache. @throws BuildFailed */
export async function engineBuild(name: BuildName): Promise<string> {
  if (name === 'ours') {
    await buildEngine(engineDir(), ours);
    return engineDir();
  }
  const flags = flagsOf[name];
  // Named otherwise than the product's own, which its tests look for.
  const folder = join(cacheDirectory(), `bench-engine-${buildIdentity(flags)}`);
  await buildEngine(folder, flags);
  return folder;
}
