import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './with-file-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process that takes the lock and keeps it until it is killed. */
async function holderOf(path: string) {
  const script = `
    import { withFileLock } from ${JSON.stringify(new URL('./with-file-lock.ts', import.meta.url).href)};
    await withFileLock(${JSON.stringify(path)}, { pollMs: 10 }, async () => {
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

describe('a file lock', () => {
  it('keeps other processes out until its holder dies, even by kill -9', async () => {
    const path = join(folder, 'a.lock');
    const holder = await holderOf(path);
    let looks = 0;
    const waiting = async () => {
      looks++;
      if (looks === 3) holder.kill('SIGKILL');
    };
    expect(await withFileLock(path, { pollMs: 10, waiting }, async () => 'ours')).toBe('ours');
    expect(looks).toBeGreaterThanOrEqual(3);
    expect(holder.signalCode ?? (await once(holder, 'exit'))[1]).toBe('SIGKILL');
  }, 20_000);

  it('is free again when the work fails', async () => {
    const path = join(folder, 'a.lock');
    const failing = withFileLock(path, { pollMs: 10 }, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await withFileLock(path, { pollMs: 10 }, async () => 'ours')).toBe('ours');
  });
});
