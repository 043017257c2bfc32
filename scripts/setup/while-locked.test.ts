import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileLocked } from './while-locked.mjs';

/** Blocks the process, as the steps of a set-up do. */
const standStill = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

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

  it('gives back what the work gives, and lets the next one in', () => {
    expect(whileLocked(() => 1, folder)).toBe(1);
    const failing = () => {
      throw new Error('no');
    };
    expect(() => whileLocked(failing, folder)).toThrow('no');
    expect(whileLocked(() => 2, folder)).toBe(2);
  });

  it('lets one process work at a time, and the next when that one is killed', async () => {
    const holder = lockElsewhere(`console.log('holds'); ${standStill}`);
    await once(holder.stdout, 'data');
    const next = lockElsewhere("console.log('its turn')");
    const [patience] = await once(next.stdout, 'data');
    expect(String(patience)).toContain('Another set-up of this folder is under way');
    holder.kill('SIGKILL');
    expect(await text(next.stdout)).toBe('its turn\n');
  });

  it('waits for what a killed one had started, too', async () => {
    // Given a set-up that is killed while its npm, or whatever it runs, goes on
    const holder = lockElsewhere(`
      const { pid } = spawn(process.execPath, ['-e', ${JSON.stringify(standStill)}], { stdio });
      console.log(pid);
      ${standStill}`);
    const child = Number(String(await once(holder.stdout, 'data')));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    // When another one comes, then it waits
    const next = lockElsewhere("console.log('its turn')");
    const [patience] = await once(next.stdout, 'data');
    expect(String(patience)).toContain('Another set-up of this folder is under way');
    process.kill(child, 'SIGKILL');
    expect(await text(next.stdout)).toBe('its turn\n');
  });

  function lockElsewhere(work: string) {
    const main = `
      import { spawn } from 'node:child_process';
      import { whileLocked } from ${JSON.stringify(join(import.meta.dirname, 'while-locked.mjs'))};
      whileLocked((stdio) => { ${work} }, ${JSON.stringify(folder)});`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    return child;
  }
});
