import { describe, expect, it } from 'vitest';
import type { JobChange } from '../ports/job-store.ts';
import { aJob } from '../testing/builders.ts';
import {
  after,
  audio,
  done,
  failed,
  me,
  now,
  pending,
  processing,
  progress,
  queued,
  result,
  save,
} from '../testing/life-of-a-job.ts';
import { corrected } from './corrections.ts';
import {
  acceptedUpload,
  audioCharged,
  beaten,
  canceled,
  claimed,
  completed,
  dueUnder,
  erased,
  expired,
  failedAttempt,
  givenUp,
  interrupted,
  newRun,
  paid,
  partsBegun,
  removalBegun,
  sentAgain,
  settled,
  stillOwed,
  defaultJobTimes as times,
  uploadBegunAgain,
  uploadStillMissing,
} from './job-changes.ts';
import type { JobRecord } from './job-record.ts';
import { isFinal, JobStatus, mayMove } from './job-status.ts';

const day = 24 * 60 * 60_000;
const keepingADay = { ...times, retention: { audioMs: day, transcriptMs: day } };
/** Ended and announced two days ago. */
const kept: JobRecord = { ...failed, owes: [], finishedAt: now - 2 * day, dueAt: now };

const inParts: JobRecord = { ...pending, multipart: { partSizeBytes: 1_000, uploadId: null } };

/** Each change with a job that it fits. */
const changes: Record<string, { job: JobRecord; change: (job: JobRecord) => JobChange }> = {
  acceptedUpload: { job: pending, change: (job) => acceptedUpload(job, audio, now, times) },
  uploadBegunAgain: { job: pending, change: (job) => uploadBegunAgain(job, now + 900_000) },
  partsBegun: { job: inParts, change: (job) => partsBegun(job, 'upload-1') },
  uploadStillMissing: { job: pending, change: (job) => uploadStillMissing(job, now, times) },
  expired: { job: pending, change: (job) => expired(job, now) },
  sentAgain: { job: queued, change: (job) => sentAgain(job, now, times) },
  claimed: { job: queued, change: (job) => claimed(job, me, now, times) },
  'claimed from a lost worker': { job: processing, change: (job) => claimed(job, me, now, times) },
  beaten: { job: processing, change: (job) => beaten(job, progress, now, times) },
  audioCharged: { job: processing, change: (job) => audioCharged(job, 59.2, now) },
  completed: { job: processing, change: (job) => completed(job, result, 60, now, times) },
  corrected: { job: done, change: (job) => corrected(job, { number: 1, at: now, by: null }) },
  failedAttempt: { job: processing, change: (job) => failedAttempt(job, 'engine.crashed', now, times) },
  givenUp: { job: processing, change: (job) => givenUp(job, 'audio.unreadable', now, times) },
  interrupted: { job: processing, change: (job) => interrupted(job, now, times) },
  canceled: { job: processing, change: (job) => canceled(job, now, times) },
  newRun: { job: failed, change: (job) => newRun(job, 'user', now, times) },
  erased: { job: processing, change: (job) => erased(job, now) },
  paid: { job: failed, change: (job) => paid(job, 'announce', times) },
  removalBegun: { job: kept, change: (job) => removalBegun(job, now, keepingADay) },
  settled: { job: kept, change: (job) => settled(job, times) },
  'due under a new setting': {
    job: { ...kept, dueAt: null },
    change: (job) => dueUnder(keepingADay.retention, job) as JobChange,
  },
  stillOwed: { job: failed, change: (job) => stillOwed(job, now, times) },
};

describe.each(Object.entries(changes))('%s', (_, { job, change }) => {
  it('is saved on the job that was read', async () => {
    expect(await save(job, change(job))).toEqual(after(job, change(job)));
  });

  it('is refused when the job was erased meanwhile', async () => {
    const erasedMeanwhile = after(job, erased(job, now));

    expect(await save(erasedMeanwhile, change(job))).toBeNull();
  });

  it('is refused when a new run began meanwhile', async () => {
    expect(await save({ ...job, run: job.run + 1 }, change(job))).toBeNull();
  });

  it('never lowers the fence or the run', () => {
    const changed = after(job, change(job));

    expect(changed.fence).toBeGreaterThanOrEqual(job.fence);
    expect(changed.run).toBeGreaterThanOrEqual(job.run);
  });

  it('leaves a job either settled or due', () => {
    const changed = after(job, change(job));

    const isSettled = isFinal(changed.status) && changed.owes.length === 0;
    if (!isSettled) expect(changed.dueAt).not.toBeNull();
    // Unless something of it is to be removed some day.
    if (isSettled && changed.dueAt !== null) expect(job.finishedAt).not.toBeNull();
  });

  it('is told in the history, when it moves or claims the job', () => {
    const changed = after(job, change(job));
    const moved = changed.status !== job.status || changed.fence !== job.fence;
    // An erased job is visible to nobody.
    const told = moved && changed.erase === null ? 1 : 0;

    expect(changed.history.items.length - job.history.items.length).toBe(told);
    const { status, run, fence } = changed;
    if (told)
      expect(changed.history.items.at(-1)).toMatchObject({ from: job.status, to: status, run, fence });
  });

  it('moves along the table', () => {
    const changed = after(job, change(job));

    if (changed.status !== job.status) expect(mayMove(job.status, changed.status)).toBe(true);
  });
});

describe('every change but erasing', () => {
  const { erased: _, ...others } = changes;
  it.each(Object.entries(others))(
    'is refused when somebody else claimed or moved the job: %s',
    async (_name, { job, change }) => {
      expect(await save({ ...job, fence: job.fence + 1 }, change(job))).toBeNull();
      const moved = JobStatus.options.filter((status) => status !== job.status);
      for (const status of moved) expect(await save({ ...job, status }, change(job)), status).toBeNull();
    },
  );
});

describe('a change of status', () => {
  const moves: Record<string, (job: JobRecord) => JobChange> = {
    QUEUED: (job) => acceptedUpload(job, audio, now, times),
    EXPIRED: (job) => expired(job, now),
    COMPLETED: (job) => completed(job, result, 60, now, times),
    FAILED: (job) => givenUp(job, 'engine.crashed', now, times),
    CANCELED: (job) => canceled(job, now, times),
  };

  it.each(Object.entries(moves))(
    'to %s is made from where the table allows it and from nowhere else',
    (to, change) => {
      for (const status of JobStatus.options) {
        const make = () => change(aJob({ status }));
        if (mayMove(status, to as JobStatus)) expect(make().set.status, status).toBe(to);
        else expect(make, status).toThrow(`no move from ${status} to ${to}`);
      }
    },
  );
});
