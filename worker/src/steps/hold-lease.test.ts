import { claimed, defaultJobTimes, StorageUnavailable } from '@verbatim/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aWorkerWithAJob, type WorkerWorld } from '../testing/worker-world.ts';
import { claimedJob } from './claimed-work.ts';
import { holdLease, LeaseLost } from './hold-lease.ts';

describe('a lease, while the table does not answer', () => {
  let world: WorkerWorld;
  beforeEach(async () => {
    world = await aWorkerWithAJob();
    world.ports.times = defaultJobTimes;
    vi.useFakeTimers();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await world[Symbol.asyncDispose]();
  });

  async function held() {
    const { ports, jobs, job, clock } = world;
    const claim = claimed(job, { worker: 'w', messageId: 'm' }, clock.now(), ports.times);
    const ours = await jobs.change(job.jobId, claim);
    if (!ours) throw new Error('not claimed');
    return holdLease(claimedJob(ours, ports.times), new AbortController().signal, ports);
  }

  /** As a table behind a broken network: each call ends after its two tries. */
  function silence(): { calls: number } {
    const count = { calls: 0 };
    const nothing = () => {
      count.calls += 1;
      return new Promise<never>((_, reject) => {
        setTimeout(() => reject(new StorageUnavailable('no answer')), 7_000);
      });
    };
    world.jobs.get = nothing;
    world.jobs.change = nothing;
    return count;
  }

  it('is given up when it ends, however long each call takes: looks never hold up beats', async () => {
    const lease = await held();
    silence();
    await vi.advanceTimersByTimeAsync(35_000);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it('is let go after the call that is under way, with none waiting in line', async () => {
    const lease = await held();
    const count = silence();
    await vi.advanceTimersByTimeAsync(9_500);
    const before = count.calls;
    const gone = lease[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(60_000);
    await gone;
    expect(count.calls - before).toBeLessThanOrEqual(1);
  });
});
