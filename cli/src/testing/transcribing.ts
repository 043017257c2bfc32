import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FakeVerbatim } from './fake-verbatim.ts';
import { type Ended, runVerbatim } from './run-verbatim.ts';

/** What a test of `verbatim transcribe` begins with: a server, and a folder for recordings. Both end with it. */
export async function transcribing() {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const server = await FakeVerbatim.start();
  return {
    folder,
    server,
    /** Resolves to its path. */
    async recording(name: string, content: string | Buffer = 'sound'): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    transcribe(files: string[], ...options: string[]): Promise<Ended> {
      return runVerbatim(['transcribe', ...files, ...options], { env: { VERBATIM_URL: server.url } });
    },
  };
}
