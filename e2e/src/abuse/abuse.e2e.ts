import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, processTree } from '../drivers/processes.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { readAbuseOptions } from './abuse-options.ts';
import { faultsOfAnswer } from './leaks.ts';
import { mutate } from './mutations/mutate.ts';
import { Report } from './report.ts';
import { accessOf } from './routes/route-table.ts';
import { SeededRandom } from './seeded-random.ts';

describe('npm run abuse, in its short version', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-abuse-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function abuse(...args: string[]) {
    const child = spawn(process.execPath, [resolve(import.meta.dirname, 'main.ts'), ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    return { child, printed: () => printed };
  }

  it('finds nothing: hostile files, requests, routes and words do no harm', async () => {
    const json = join(folder, 'report.json');
    const { child, printed } = abuse('--quick', '--count', '40', '--json', json);
    const [code] = await once(child, 'close');
    expect(code, printed()).toBe(0);
    const { checks } = JSON.parse(readFileSync(json, 'utf8')) as { checks: { part: string; name: string }[] };
    expect(checks.length).toBeGreaterThan(25);
    expect(new Set(checks.map(({ part }) => part)).size).toBe(5);
  });

  it('ends at Ctrl-C with what it has, and leaves no process', async () => {
    const { child, printed } = abuse('--part', 'mutations', '--count', '5000');
    await waitFor('files to be sent', () => / of 5000/.test(printed()));
    const all = processTree(child.pid ?? 0);
    // As a terminal does: to every process of the group.
    for (const { pid, command } of all) if (command.includes('abuse/main.ts')) process.kill(pid, 'SIGINT');
    const [code] = await once(child, 'close');
    expect(code, printed()).toBe(130);
    expect(printed()).toContain('interrupted');
    expect(all.filter(({ pid }) => isRunning(pid))).toEqual([]);
  });
});

describe('what npm run abuse looks for', () => {
  const answer = (status: number, body: string, type = 'application/problem+json') => ({
    status,
    body,
    headers: new Headers({ 'content-type': type }),
  });

  it('sees an answer that shows a stack, a path, a module or no id', () => {
    const whole = { requestId: 'x', code: 'y' };
    expect(faultsOfAnswer(answer(500, JSON.stringify(whole)))).toEqual([]);
    for (const inside of ['at f (/a/b.js:1:2)', 'open "/tmp/x"', 'in node_modules', 'SQLITE_BUSY']) {
      expect(faultsOfAnswer(answer(500, JSON.stringify({ ...whole, detail: inside }))), inside).not.toEqual(
        [],
      );
    }
    expect(faultsOfAnswer(answer(400, '{}'))).not.toEqual([]);
    expect(faultsOfAnswer(answer(400, '<html>', 'text/html'))).not.toEqual([]);
  });

  it('knows no route that is neither open nor wants a key', () => {
    const route = (path: string, security: object[] = [{ bearer: [] }]) =>
      accessOf({ verb: 'GET', path, operation: { security } });
    expect(route('/v1/jobs/{jobId}')).toBe('own');
    expect(route('/v1/admin/queues')).toBe('operator');
    expect(route('/v1/jobs', [])).toHaveProperty('fault');
    expect(route('/v1/things/{thingId}')).toHaveProperty('fault');
  });

  it('fails a report with one problem in it', () => {
    const lines: string[] = [];
    const report = new Report((text) => lines.push(text), { onTerminal: false });
    report.check('good', [1], []);
    expect(report.failed).toBe(0);
    report.check('bad', [2], ['it is not']);
    expect(report.failed).toBe(1);
    expect(lines.join('')).toContain('it is not');
  });

  it('makes the same files of the same seed, and others of another', () => {
    const original = Buffer.from('RIFF....WAVEfmt and a few bytes more, to move around and to lie about');
    const files = (seed: string) =>
      Array.from({ length: 50 }, (_, index) =>
        mutate(original, [original], new SeededRandom(`${seed}/${index}`)).bytes.toString('hex'),
      );
    expect(files('1')).toEqual(files('1'));
    expect(files('1')).not.toEqual(files('2'));
    expect(new Set(files('1')).size).toBeGreaterThan(40);
  });

  it('says what is wrong with its options', () => {
    expect(() => readAbuseOptions(['--part', 'evil'])).toThrow('--part evil');
    expect(() => readAbuseOptions(['--count', '0'])).toThrow('--count');
    expect(readAbuseOptions([])).toMatchObject({ count: 10_000, seed: 1, quick: false });
    expect(readAbuseOptions(['--quick'])).toMatchObject({ count: 100, quick: true });
  });
});
