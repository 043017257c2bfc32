import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeLock } from './take-lock.ts';

describe('takeLock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a file to one holder, and to the next when it is let go', () => {
    const file = join(folder, 'not/yet/there.lock');
    const first = takeLock(file);
    expect(first).toBeDefined();
    // A data folder comes to be here: recordings are nobody else's business.
    expect(statSync(join(folder, 'not')).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(takeLock(file)).toBeUndefined();
    first?.[Symbol.dispose]();
    const second = takeLock(file);
    expect(second).toBeDefined();
    second?.[Symbol.dispose]();
  });

  it('is let go when its holder is killed', { timeout: 20_000 }, async () => {
    const file = join(folder, 'held.lock');
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'take-lock.ts'))};
        globalThis.lock = takeLock(${JSON.stringify(file)});
        console.log('held');
        setInterval(() => {}, 60_000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    expect(takeLock(file)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['held.lock']);
    holder.kill('SIGKILL');
    const lock = await vi.waitUntil(() => takeLock(file), { timeout: 10_000 });
    lock[Symbol.dispose]();
  });
});
