import { describe, expect, it } from 'vitest';
import { after, done, failed, now, pending, processing, result, save } from '../testing/life-of-a-job.ts';
import {
  canceled,
  completed,
  defaultJobTimes,
  dueUnder,
  erased,
  expired,
  type JobTimes,
  newRun,
  paid,
  removalBegun,
  settled,
} from './job-changes.ts';
import type { JobRecord } from './job-record.ts';
import { keptForGood, nextRemovalAt } from './retention.ts';

const day = 24 * 60 * 60_000;
const times: JobTimes = { ...defaultJobTimes, retention: { audioMs: day, transcriptMs: 3 * day } };
const announced = after(done, paid(done, 'announce', times));

describe('retention', () => {
  it('keeps everything for good unless it is set', () => {
    expect(defaultJobTimes.retention).toEqual(keptForGood);
    expect(after(done, paid(done, 'announce', defaultJobTimes)).dueAt).toBeNull();
  });

  it('makes a job due when its recording has been kept long enough after its end, then its transcript', () => {
    expect(announced.dueAt).toBe(now + day);
    const first = after(announced, removalBegun(announced, now + day, times));
    expect(first).toMatchObject({ audioRemovedAt: now + day, transcriptRemovedAt: null });
    expect(first.dueAt, 'again soon, lest the removal is cut short').toBe(now + day + times.debtMs);

    const rest = after(first, settled(first, times));
    expect(rest.dueAt).toBe(now + 3 * day);
    const second = after(rest, removalBegun(rest, now + 3 * day, times));
    expect(second).toMatchObject({ audioRemovedAt: now + day, transcriptRemovedAt: now + 3 * day });
    expect(after(second, settled(second, times)).dueAt).toBeNull();
  });

  it('counts from the end of jobs that owe nothing too', () => {
    expect(after(processing, canceled(processing, now, times)).dueAt).toBe(now + day);
  });

  it('removes nothing of a job whose file never came, and says nothing of the kind', () => {
    const job = after(pending, expired(pending, now));
    expect(job.dueAt).toBeNull();
    expect(dueUnder(times.retention, job)).toBeNull();
    const tidied = after({ ...job, owes: ['tidy'] }, paid({ ...job, owes: ['tidy'] }, 'tidy', times));
    expect(tidied.dueAt).toBeNull();
  });

  it('waits for a form with which something may still be uploaded', () => {
    const refused: JobRecord = { ...failed, audioEtag: null, uploadEndsAt: now + 2 * day };
    expect(nextRemovalAt(refused, times.retention)).toBe(now + 2 * day);
  });

  it('never touches what a job that has not ended needs', () => {
    for (const job of [pending, processing]) {
      expect(nextRemovalAt(job, times.retention)).toBeNull();
      expect(dueUnder(times.retention, { ...job, dueAt: null })).toBeNull();
    }
  });

  it('and a new run exclude each other, whichever is first', async () => {
    const settledJob = after(failed, { expect: {}, set: { owes: [], dueAt: now + day } });
    const removed = after(settledJob, removalBegun(settledJob, now + day, times));
    const retried = after(settledJob, newRun(settledJob, 'user', now + day, times));
    expect(await save(removed, newRun(settledJob, 'user', now + day, times))).toBeNull();
    expect(await save(retried, removalBegun(settledJob, now + day, times))).toBeNull();
  });

  it('counts anew after a new run', () => {
    const again = after(failed, newRun(failed, 'user', now + 2 * day, times));
    const working = { ...again, status: 'PROCESSING' as const, fence: 2 };
    const ended = after(working, completed(working, result, 60, now + 4 * day, times));
    expect(nextRemovalAt(ended, times.retention)).toBe(now + 5 * day);
  });

  it('reaches jobs that were settled under another setting, as soon as it asks for it', () => {
    const forGood: JobRecord = { ...announced, dueAt: null };
    expect(dueUnder(times.retention, forGood)?.set).toEqual({ dueAt: now + day });
    expect(dueUnder(times.retention, { ...announced, dueAt: now + 90 * day })?.set.dueAt).toBe(now + day);
    expect(dueUnder(times.retention, announced), 'it is right already').toBeNull();
    expect(dueUnder(times.retention, done), 'it owes something, and is settled later').toBeNull();
    expect(dueUnder(times.retention, after(announced, erased(announced, now)))).toBeNull();
    expect(dueUnder(keptForGood, forGood)).toBeNull();
  });
});
