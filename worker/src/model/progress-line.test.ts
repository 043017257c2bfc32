import { describe, expect, it } from 'vitest';
import type { ModelProgress } from './ensure-model.ts';
import { progressLine } from './progress-line.ts';

function showAll(isTTY: boolean, steps: (ModelProgress & { atMs: number })[]): string {
  let now = 0;
  let written = '';
  const line = progressLine(
    {
      isTTY,
      write: (text) => {
        written += text;
      },
    },
    () => now,
  );
  for (const { atMs, ...progress } of steps) {
    now = atMs;
    line.show(progress);
  }
  line.end();
  return written;
}

const fetching = (atMs: number, bytesDone: number) => ({
  model: 'small',
  phase: 'fetching' as const,
  bytesDone,
  bytesTotal: 488_000_000,
  atMs,
});

describe('the progress of a model', () => {
  it('is a bar with speed and time left on a terminal, over one line', () => {
    const written = showAll(true, [fetching(0, 0), fetching(50, 1_000_000), fetching(20_000, 244_000_000)]);
    expect(written).toBe(
      '\rmodel small: [                        ]  0 %  0 of 488 MB\x1b[K' +
        '\rmodel small: [############            ]  50 %  244 of 488 MB  12.2 MB/s  20 s left\x1b[K\n',
    );
  });

  it('is a line for each ten percent in a log', () => {
    const steps = Array.from({ length: 1_001 }, (_, index) => fetching(index * 100, index * 488_000));
    const lines = showAll(false, steps).trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[5]).toBe('model small: 50 %  244 of 488 MB  4.9 MB/s  50 s left');
    expect(lines[10]).toBe('model small: 100 %  488 of 488 MB  4.9 MB/s');
  });

  it('measures the speed of this fetch, not of the part that was there', () => {
    const written = showAll(false, [fetching(0, 400_000_000), fetching(10_000, 440_000_000)]);
    expect(written).toContain('90 %  440 of 488 MB  4.0 MB/s  12 s left');
  });

  it('names what else it is doing', () => {
    const written = showAll(false, [
      { model: 'small', phase: 'waiting', bytesDone: 1_000_000, atMs: 0 },
      { model: 'small', phase: 'checking', atMs: 1 },
      { model: 'small', phase: 'quantizing', atMs: 2 },
    ]);
    expect(written).toBe(
      'model small: 1 MB (another process is fetching it)\n' +
        'model small: checking its SHA-1 ...\nmodel small: making it smaller (q8_0) ...\n',
    );
  });
});
