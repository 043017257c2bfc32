import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileLocked } from './while-locked.mjs';

describe('whileLocked', { timeout: 20_000 }, () => {
  let folder: string;
  const started: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-set-up-'));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('gives back what the work gives, and lets the next one in', async () => {
    expect(await whileLocked(() => 1, folder)).toBe(1);
    await expect(
      whileLocked(() => {
        throw new Error('no');
      }, folder),
    ).rejects.toThrow('no');
    expect(await whileLocked(() => 2, folder)).toBe(2);
  });

  it('lets one process work at a time, and the next when that one is killed', async () => {
    const holder = lockElsewhere(
      'console.log("holds"); setInterval(() => {}, 60_000); return new Promise(() => {})',
    );
    await once(holder.stdout, 'data');
    const next = lockElsewhere('console.log("its turn")');
    const [patience] = await once(next.stdout, 'data');
    expect(String(patience)).toContain('Another set-up of this folder is under way');
    holder.kill('SIGKILL');
    expect(await text(next.stdout)).toBe('its turn\n');
  });

  function lockElsewhere(work: string) {
    const main = `
      import { whileLocked } from ${JSON.stringify(join(import.meta.dirname, 'while-locked.mjs'))};
      await whileLocked(() => { ${work} }, ${JSON.stringify(folder)});`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    return child;
  }
});
