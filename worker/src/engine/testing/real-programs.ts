import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isProgram } from '../../child-process/find-program.ts';

export const demoModel = {
  name: 'demo',
  demo: true,
  path: fileURLToPath(new URL('../../../models/ggml-demo-q8_0.bin', import.meta.url)),
};

export function samplePath(name: string): string {
  return fileURLToPath(new URL(`../../../../test_sample/${name}`, import.meta.url));
}

/** WHISPER_SERVER, else what the set-up of the tests has built. A test without it must fail, not be left out. */
export async function whisperServerPath(): Promise<string> {
  const named = process.env['WHISPER_SERVER'];
  if (named) return named;
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'verbatim');
  const builds = await readdir(cache).catch(() => []);
  for (const build of builds.filter((name) => /^engine-[0-9a-f]+$/.test(name))) {
    const path = join(cache, build, 'whisper-server');
    if (await isProgram(path)) return path;
  }
  throw new Error('whisper-server is not built. `npm test` does it; or name one by WHISPER_SERVER.');
}
