import { claimed, defaultJobTimes, StorageUnavailable } from '@verbatim/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aWorkerWithAJob, type WorkerWorld } from '../testing/worker-world.ts';
import { claimedJob } from './claimed-work.ts';
import { holdLease, LeaseLost } from './hold-lease.ts';

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

describe('the progress of work under a lease', () => {
  it('is saved within 2 s where it moves the bar, and with the next beat where it does not', async () => {
    const lease = await held();
    lease.progress({ phase: 'transcribing', durationSeconds: 3600 });
    const saved = async () => (await world.stored()).audioSecondsDone;
    lease.progress({ audioSecondsDone: 36 });
    await vi.advanceTimersByTimeAsync(2_100);
    expect(await saved()).toBe(36);
    lease.progress({ audioSecondsDone: 50 });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await saved(), 'less than a hundredth is worth no write of its own').toBe(36);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await saved()).toBe(50);
    await lease[Symbol.asyncDispose]();
  });

  it('does not end the work when it can not be saved', async () => {
    const lease = await held();
    lease.progress({ durationSeconds: 60 });
    world.jobs.change = async () => Promise.reject(new StorageUnavailable('no answer'));
    for (let second = 1; second < 10; second++) {
      lease.progress({ audioSecondsDone: second });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(lease.signal.aborted).toBe(false);
    await lease[Symbol.asyncDispose]();
  });
});

describe('a lease, while the table does not answer', () => {
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
