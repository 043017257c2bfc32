import { describe, expect, it } from 'vitest';
import { aDoneJob, aMove } from '../testing/made-up-evidence.ts';
import { recoveries } from './recoveries.ts';

describe('recoveries', () => {
  const history = [
    aMove('job.claimed', { at: 1_000, worker: 'host-7-11-a', to: 'PROCESSING' }),
    aMove('job.taken_over', { at: 9_000, fence: 2, worker: 'host-7-12-b', to: 'PROCESSING' }),
    aMove('job.completed', { at: 10_000, fence: 2, to: 'COMPLETED' }),
  ];
  const killed = (at: number, pid: number) => ({ at, pid, what: 'kill -9', target: 'worker-1' });

  it('measure from the fault to the next claim, and to the end', () => {
    const jobs = [aDoneJob(1, {}, history)];
    expect(recoveries(jobs, [killed(4_000, 11)])).toMatchObject([{ claimSeconds: 5, endSeconds: 6 }]);
  });

  it('leave out faults of other programs, and those before or after the claim', () => {
    const jobs = [aDoneJob(1, {}, history)];
    expect(
      recoveries(jobs, [killed(4_000, 13), killed(500, 11), killed(9_500, 11), killed(11_000, 12)]),
    ).toEqual([]);
  });

  it('tell the chunks of one job apart', () => {
    const chunks = [
      aMove('chunk.claimed', { at: 1_000, chunk: 0, worker: 'host-11-a' }),
      aMove('chunk.claimed', { at: 1_000, chunk: 1, worker: 'host-12-a' }),
      aMove('chunk.completed', { at: 3_000, chunk: 1 }),
      aMove('chunk.taken_over', { at: 5_000, chunk: 0, fence: 2, worker: 'host-12-a' }),
      aMove('chunk.completed', { at: 6_000, chunk: 0, fence: 2 }),
      aMove('job.completed', { at: 6_000, to: 'COMPLETED' }),
    ];
    expect(recoveries([aDoneJob(1, {}, chunks)], [killed(2_000, 11)])).toMatchObject([{ claimSeconds: 3 }]);
  });
});
