import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allRows } from './rows/all-rows.ts';

const root = resolve(import.meta.dirname, '../../..');
const document = readFileSync(resolve(root, 'docs/reliability.md'), 'utf8');

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Rows of the matrix whose tests are promised so far. */
const promised = [...from(1, 27), ...from(29, 48), ...from(51, 52), ...from(55, 59), ...from(62, 63)];
const table = document.slice(document.indexOf('## The rows'));
const rows = [...table.matchAll(/^\| (\d+) \|.*\| (.+) \|$/gm)].map(([, number, tests]) => ({
  number: Number(number),
  tests: tests ?? '',
}));

describe('docs/reliability.md', () => {
  it('has a line for each row that is promised, and no row twice', () => {
    expect(rows.map(({ number }) => number)).toEqual(promised);
  });

  it.each(rows)('names tests and campaigns of row $number that there are', ({ number, tests }) => {
    const named = [...tests.matchAll(/`([\w./-]+\.(?:test|e2e|contract)\.ts)` “([^”]+)”/g)];
    const campaigns = [...tests.matchAll(/`npm run faults -- --row (\d+)[^`]*`/g)];
    expect(named.length + campaigns.length, tests).toBeGreaterThan(0);
    for (const [, path = '', name = ''] of named) {
      expect(existsSync(resolve(root, path)), `row ${number} names ${path}`).toBe(true);
      expect(titlesIn(path), `row ${number} names a test in ${path}`).toContain(name);
    }
    const numbers = allRows.map((row) => row.number);
    for (const [, campaign] of campaigns) expect(numbers).toContain(Number(campaign));
  });

  it('names every campaign that there is', () => {
    const missing = allRows.filter(({ number }) => number > 0 && !table.includes(`--row ${number}`));
    expect(missing.map(({ number }) => number)).toEqual([]);
  });
});

/** Of all tests in a file, as they are written. */
function titlesIn(path: string): string {
  return readFileSync(resolve(root, path), 'utf8').replaceAll("\\'", "'");
}
