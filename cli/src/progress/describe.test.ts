import { expect, describe as group, it } from 'vitest';
import { aJobView, processing } from '../testing/fake-verbatim.ts';
import { bar, clock, describe, size } from './describe.ts';
import { progressOfJob } from './progress-of-job.ts';

group('progress in words', () => {
  const { progress } = aJobView(processing(60, 240));
  it.each([
    [{ status: 'QUEUED' }, 'waiting in the queue'],
    [
      { status: 'QUEUED', progress: { ...progress, queuePosition: { atMost: 3 } } },
      'waiting in the queue, at most 3 before it',
    ],
    [{ status: 'QUEUED', attempt: 2 }, 'waiting for attempt 2'],
    [{ status: 'PROCESSING' }, 'reading the recording'],
    [processing(60, 240), 'transcribing 25 %, 1:00 of 4:00'],
    [
      { ...processing(60, 240), progress: { ...progress, estimate: { secondsLeft: 75, basis: 'this job' } } },
      'transcribing 25 %, 1:00 of 4:00, about 1:15 left',
    ],
    [
      { status: 'PROCESSING', progress: { ...progress, stalled: true } },
      'stalled: its worker is lost, another one takes over',
    ],
  ] as const)('of %j is "%s"', (over, text) => {
    expect(describe(progressOfJob(aJobView(over))).text).toBe(text);
  });

  it('fills a bar by the share that is done', () => {
    expect([0, 0.5, 1, 2].map(bar)).toEqual([
      `[${'-'.repeat(24)}]`,
      `[${'#'.repeat(12)}${'-'.repeat(12)}]`,
      `[${'#'.repeat(24)}]`,
      `[${'#'.repeat(24)}]`,
    ]);
  });

  it('writes times and sizes as people read them', () => {
    expect([5, 59.6, 720, 3723].map(clock)).toEqual(['0:05', '1:00', '12:00', '1:02:03']);
    expect([1, 999_000, 7_200_000, 2e9].map(size)).toEqual(['1 kB', '999 kB', '7.2 MB', '2.00 GB']);
  });
});
