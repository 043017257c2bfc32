import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.ts';

describe('LogFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes on where an earlier run ended', () => {
    const path = join(folder, 'logs/api.log');
    new LogFile(path).write('first run');
    new LogFile(path).write('second run');
    expect(readFileSync(path, 'utf8')).toBe('first run\nsecond run\n');
  });

  it('lies in a folder that nobody else may look into', () => {
    new LogFile(join(folder, 'data/logs/api.log'));
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  });

  it('keeps the newest lines in two files of a bounded size', () => {
    const path = join(folder, 'api.log');
    const log = new LogFile(path, 20);
    for (let line = 1; line <= 9; line++) log.write(`line ${line}`);
    expect(readFileSync(path, 'utf8')).toBe('line 7\nline 8\nline 9\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('line 4\nline 5\nline 6\n');
  });
});
