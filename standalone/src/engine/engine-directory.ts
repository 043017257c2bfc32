import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** whisper.cpp as the npm package ships it. */
export const whisperSource = join(repository, 'node_modules/nodejs-whisper/cpp/whisper.cpp');

/**
 * `native` knows the processor that it was built on, and is built quickly. `portable` is for images: on x64 it carries code
 * for every generation of processors and takes the best that runs here when it starts (docs/performance.md).
 */
export type Speed = 'native' | 'portable';

const notNative = '-DGGML_NATIVE=OFF';

/** Measured, each of them and others beside: docs/performance.md. */
export function cmakeFlags(speed: Speed): string[] {
  return [
    '-DCMAKE_BUILD_TYPE=Release',
    '-DWHISPER_BUILD_TESTS=OFF',
    '-DBUILD_SHARED_LIBS=OFF',
    '-DGGML_LLAMAFILE=ON',
    ...(speed === 'native' ? ['-DGGML_NATIVE=ON'] : [notNative, ...portableFlags()]),
  ];
}

function portableFlags(): string[] {
  if (process.arch === 'x64') return codeForAllProcessors;
  // Debian 12's compiler does not know the newest of arm64, which code for all of them would need.
  return process.arch === 'arm64' ? ['-DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod+fp16'] : [];
}

/** A library for each generation, looked for beside the program; of a flag that is given twice the last one holds. */
const codeForAllProcessors = [
  '-DBUILD_SHARED_LIBS=ON',
  '-DGGML_BACKEND_DL=ON',
  '-DGGML_CPU_ALL_VARIANTS=ON',
  '-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON',
];

/** Where things that any checkout of this user can share lie: engines here, models by the worker's hand. */
export function cacheDirectory(env: Record<string, string | undefined> = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'verbatim');
}

/**
 * The folder of the built engine (`whisper-server`, `whisper-cli`, ...), there or not. Another source, other flags or
 * another processor make another folder.
 */
export function engineDir(speed: Speed = 'native', env = process.env): string {
  return join(cacheDirectory(env), `engine-${buildIdentity(cmakeFlags(speed))}`);
}

/** Twelve hex digits for what a build is made of. */
export function buildIdentity(flags: readonly string[]): string {
  const identity = [sourceIdentity(), ...flags, process.platform, process.arch];
  if (!flags.includes(notNative)) identity.push(processorFeatures());
  return createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 12);
}

/** The lock's hash over the package stands for its 35 MB of sources. */
function sourceIdentity(): string {
  const installed = JSON.parse(readFileSync(join(repository, 'node_modules/.package-lock.json'), 'utf8'));
  const { version, integrity } = installed.packages['node_modules/nodejs-whisper'];
  return `${version} ${integrity}`;
}

/** A native build crashes on a processor that lacks what its builder had, as when a home folder moves. */
function processorFeatures(): string {
  try {
    return /^(flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {
    return cpus()[0]?.model ?? '';
  }
}
