import { describe, expect, it } from 'vitest';
import { BadOptions, readOptions } from './command-line.ts';

describe('the options of npm run faults', () => {
  it('are row 1 on local with 1000 jobs, where nothing else is asked for', () => {
    expect(readOptions([], [1, 2])).toMatchObject({
      rows: [1],
      platforms: ['local'],
      jobs: 1000,
      seeds: ['1'],
    });
  });

  it('take lists, and all rows there are', () => {
    const args = ['--row', 'all', '--platform', 'local,aws', '--seed', '1,2,3', '--jobs', '20'];
    expect(readOptions(args, [1, 2])).toMatchObject({
      ...{ rows: [1, 2], platforms: ['local', 'aws'], seeds: ['1', '2', '3'], jobs: 20 },
    });
  });

  it.each([['--row', '99'], ['--platform', 'mars'], ['--jobs', 'many'], ['--what']])(
    'refuse %s %s',
    (...args) => {
      expect(() => readOptions(args.filter(Boolean), [1])).toThrow(BadOptions);
    },
  );
});
