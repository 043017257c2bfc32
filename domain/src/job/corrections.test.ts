import { describe, expect, it } from 'vitest';
import { done, now, save } from '../testing/life-of-a-job.ts';
import type { Correction } from './correction-record.ts';
import { corrected, keptCorrections, newestTextKeyOf, newestVersionOf } from './corrections.ts';

const minute = 60_000;
const madeAt = (number: number, minutes: number): Correction => ({
  number,
  at: now + minutes * minute,
  by: 'laptop',
});

describe('a correction', () => {
  it('is what counts from then on; the original stays beside it', async () => {
    expect(newestVersionOf(done)).toBe('r1-1');
    const job = await save(done, corrected(done, madeAt(1, 0)));
    if (!job) throw new Error('refused');
    expect(newestVersionOf(job)).toBe('v1');
    expect(newestTextKeyOf(job)).toBe(`ana/${job.jobId}/v1/transcript.txt`);
    expect(job).toMatchObject({ result: done.result, status: 'COMPLETED', history: done.history });
  });

  it('is refused to the second of two who began from the same version, and to one whose transcript was removed', async () => {
    const change = corrected(done, madeAt(1, 0));
    expect(await save({ ...done, corrections: [madeAt(1, 0)] }, change)).toBeNull();
    expect(await save({ ...done, transcriptRemovedAt: now }, change)).toBeNull();
    expect(await save({ ...done, erase: { at: now } }, change)).toBeNull();
  });
});

describe('the versions that are kept', () => {
  it('are the newest two, and of the others the first of each ten minutes', () => {
    let kept: Correction[] = [];
    // A save every six seconds, for half an hour
    for (let number = 1; number <= 300; number++)
      kept = keptCorrections([...kept, madeAt(number, number / 10)]);
    expect(kept.map(({ number }) => number)).toEqual([1, 101, 201, 299, 300]);
  });

  it('are a hundred at most: the oldest go', () => {
    const all = Array.from({ length: 300 }, (_, index) => madeAt(index + 1, 20 * index));
    const kept = keptCorrections(all);
    expect(kept).toHaveLength(100);
    expect(kept.at(0)?.number).toBe(201);
    expect(kept.at(-1)?.number).toBe(300);
  });
});
