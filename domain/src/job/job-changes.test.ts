import { describe, expect, it } from 'vitest';
import { aJob } from '../testing/builders.ts';
import { InMemoryJobStore } from '../testing/fakes/in-memory-job-store.ts';
import {
  after,
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
import { type FailureCode, failureCodes, ruleOf } from './failure-codes.ts';
import {
  beaten,
  canceled,
  claimed,
  completed,
  erased,
  expired,
  failedAttempt,
  givenUp,
  interrupted,
  maxInterruptions,
  newRun,
  paid,
  sentAgain,
  stillOwed,
  defaultJobTimes as times,
  uploadStillMissing,
} from './job-changes.ts';
import type { JobRecord } from './job-record.ts';

const minute = 60_000;

describe('an upload', () => {
  it('that is accepted binds the job to its bytes and counts its first message', () => {
    expect(queued).toMatchObject({ status: 'QUEUED', audioEtag: 'etag-1', sizeBytes: 2_000, sends: 1 });
    expect(queued.dueAt).toBe(now + 2 * minute);
  });

  it('that does not come is looked for after one minute, then less often, at last every five', () => {
    const looks: number[] = [];
    let job = aJob({ createdAt: 0, dueAt: minute });
    while (looks.length < 6) {
      looks.push((job.dueAt ?? 0) / minute);
      job = after(job, uploadStillMissing(job, job.dueAt ?? 0, times));
    }

    expect(looks).toEqual([1, 2, 4, 8, 13, 18]);
  });

  it('that never came expires and owes nothing', () => {
    expect(after(pending, expired(pending, now))).toMatchObject({
      status: 'EXPIRED',
      phase: 'done',
      finishedAt: now,
      dueAt: null,
      owes: [],
    });
  });

  it('that breaks its announcement fails at once, without a dead letter', () => {
    expect(after(pending, givenUp(pending, 'audio.empty', now, times))).toMatchObject({
      status: 'FAILED',
      errorCode: 'audio.empty',
      deadLetter: null,
      owes: ['announce'],
    });
  });
});

describe('a message', () => {
  it('that nobody took is sent again after two minutes, then after twice as long, up to six hours', () => {
    const delays: number[] = [];
    for (let job = queued; job.sends < 13; job = after(job, sentAgain(job, now, times))) {
      delays.push(((job.dueAt ?? 0) - now) / minute);
    }

    expect(delays).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360]);
  });

  it('is sent again by one of two reconcilers', async () => {
    const store = new InMemoryJobStore();
    await store.create(queued);

    const saved = [1, 2].map(() => store.change(queued.jobId, sentAgain(queued, now, times)));

    expect((await Promise.all(saved)).filter((record) => record !== null)).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('takes the next fence and a lease, and is due a little after the lease ends', () => {
    expect(processing).toMatchObject({
      status: 'PROCESSING',
      fence: 1,
      lease: { ...me, until: now + 30_000 },
      startedAt: now,
      phase: 'reading',
      dueAt: now + 35_000,
      interruptions: 0,
    });
  });

  it('keeps the time of the first start', () => {
    const waiting = after(processing, failedAttempt(processing, 'engine.crashed', now, times));
    expect(after(waiting, claimed(waiting, me, now + 5 * minute, times)).startedAt).toBe(now);
  });

  it('from a lost worker is an interruption, no failure', () => {
    const taken = after(
      processing,
      claimed(processing, { worker: 'w2', messageId: 'm1' }, now + 40_000, times),
    );

    expect(taken).toMatchObject({ fence: 2, interruptions: 1, failures: 0, lease: { worker: 'w2' } });
    expect(taken).toMatchObject({ phase: 'reading', audioSecondsDone: 0 });
  });

  it('from a lost worker is refused when that one has just given a sign of life', async () => {
    const alive = after(processing, beaten(processing, progress, now + 20_000, times));
    const takeover = claimed(processing, { worker: 'w2', messageId: 'm1' }, now + 30_000, times);

    expect(await save(alive, takeover)).toBeNull();
    const often = { ...alive, interruptions: 5 };
    const rest = claimed({ ...processing, interruptions: 5 }, me, now + 30_000, times);
    expect(await save(often, rest), 'neither does the job rest then').toBeNull();
  });

  it('fences its predecessor: nothing that the late worker writes is saved', async () => {
    const taken = after(processing, claimed(processing, { worker: 'w2', messageId: 'm1' }, now, times));
    const late = [
      beaten(processing, progress, now, times),
      completed(processing, result, 60, now, times),
      failedAttempt(processing, 'engine.crashed', now, times),
      interrupted(processing, now, times),
    ];

    for (const change of late) expect(await save(taken, change)).toBeNull();
  });
});

describe('a sign of life', () => {
  it('prolongs the lease and says how far the work is', () => {
    const alive = after(processing, beaten(processing, progress, now + 10_000, times));

    expect(alive).toMatchObject({ ...progress, lease: { ...me, until: now + 40_000 }, dueAt: now + 45_000 });
  });

  it('needs a lease to prolong', () => {
    expect(() => beaten(queued, progress, now, times)).toThrow('no lease');
  });
});

describe('completion', () => {
  it('says the result and owes its announcement, in one write', () => {
    expect(completed(processing, result, 60, now, times).set).toMatchObject({
      status: 'COMPLETED',
      result,
      durationSeconds: 60,
      audioSecondsDone: 60,
      phase: 'done',
      lease: null,
      finishedAt: now,
      owes: ['announce'],
      dueAt: now + minute,
    });
  });
});

describe('a failed attempt', () => {
  it('is tried again after 5, 25 and 125 minutes, and the fourth is the last', () => {
    const waits: number[] = [];
    let job = processing;
    for (;;) {
      const next = after(job, failedAttempt(job, 'engine.crashed', now, times));
      if (next.status === 'FAILED') {
        expect(next).toMatchObject({ failures: 4, errorCode: 'engine.crashed' });
        expect(next.deadLetter).toEqual({ reason: 'engine.crashed', at: now });
        expect(next.owes).toEqual(['announce', 'signal-dead-letter']);
        break;
      }
      expect(next).toMatchObject({
        status: 'QUEUED',
        lease: null,
        sends: 0,
        phase: 'waiting',
        errorCode: null,
      });
      waits.push(((next.dueAt ?? 0) - now) / minute);
      job = after(next, claimed(next, me, now, times));
    }

    expect(waits).toEqual([5, 25, 125]);
  });

  it.each(failureCodes)('by %s is tried again only if trying again can help', (code: FailureCode) => {
    const { kind } = ruleOf(code);
    const next = after(processing, failedAttempt(processing, code, now, times));

    expect(next.failures).toBe(1);
    expect(next.status).toBe(kind === 'transient' ? 'QUEUED' : 'FAILED');
    // A user's own mistake is told to the user; everything else that is final is for operators as well.
    expect(next.deadLetter !== null).toBe(kind === 'permanent');
    expect(next.owes.includes('signal-dead-letter')).toBe(kind === 'permanent');
    expect(next.owes.includes('announce')).toBe(kind !== 'transient');
  });
});

describe('an interruption', () => {
  it('costs neither an attempt nor a delay', () => {
    const next = after(processing, interrupted(processing, now, times));

    expect(next).toMatchObject({ status: 'QUEUED', interruptions: 1, failures: 0, lease: null, sends: 1 });
    expect(next.dueAt).toBe(now + 2 * minute);
  });

  it.each([
    ['handed back', interrupted],
    ['taken over', (job: JobRecord, at: number) => claimed(job, me, at, times)],
  ])('makes a job rest from the fourth time on, without a message, when it is %s', (_, change) => {
    const rests = [4, 5, 6, 7, 19].map((nth) => {
      const job = { ...processing, interruptions: nth - 1 };
      const next = after(job, change(job, now, times));
      expect(next).toMatchObject({
        status: 'QUEUED',
        interruptions: nth,
        failures: 0,
        lease: null,
        sends: 0,
      });
      return (next.dueAt ?? 0) - now;
    });
    expect(rests).toEqual([5_000, 10_000, 15_000, 15_000, 15_000]);
  });

  it('ends the job the twentieth time', () => {
    const often = { ...processing, interruptions: maxInterruptions - 2 };
    const once = after(often, interrupted(often, now, times));
    const again = after(once, claimed(once, me, now, times));

    expect(once.status).toBe('QUEUED');
    expect(after(again, interrupted(again, now, times))).toMatchObject({
      status: 'FAILED',
      errorCode: 'worker.lost',
      interruptions: 20,
      owes: ['announce', 'signal-dead-letter'],
    });
  });
});

describe('a cancelled job', () => {
  it.each([pending, queued, processing])('is settled at once', (job) => {
    expect(after(job, canceled(job, now, times))).toMatchObject({
      status: 'CANCELED',
      finishedAt: now,
      lease: null,
      owes: [],
      dueAt: null,
    });
  });
});

describe('a new run', () => {
  it('has all its attempts again, under fences that go on counting', () => {
    const worn: JobRecord = { ...failed, failures: 4, interruptions: 3, fence: 7 };

    expect(after(worn, newRun(worn, 'user', now, times))).toMatchObject({
      status: 'QUEUED',
      run: 2,
      fence: 7,
      failures: 0,
      interruptions: 0,
      sends: 1,
      startedAt: null,
      finishedAt: null,
      errorCode: null,
      deadLetter: null,
      owes: [],
      audioEtag: 'etag-1',
    });
  });

  it('begins once, however often it is asked for at the same time', async () => {
    const store = new InMemoryJobStore();
    await store.create(failed);

    const saved = [1, 2, 3].map(() => store.change(failed.jobId, newRun(failed, 'user', now, times)));

    expect((await Promise.all(saved)).filter((record) => record !== null)).toHaveLength(1);
  });

  it('begins only where a run has failed', () => {
    for (const job of [pending, queued, processing, done])
      expect(() => newRun(job, 'user', now, times)).toThrow('no new run');
  });
});

describe('an erased job', () => {
  it('stops whatever it was doing, and fences it', async () => {
    expect(after(processing, erased(processing, now))).toMatchObject({
      status: 'CANCELED',
      run: 2,
      lease: null,
      owes: ['erase'],
      deadLetter: null,
    });
    const gone = after(processing, erased(processing, now));
    expect(await save(gone, completed(processing, result, 60, now, times))).toBeNull();
  });

  it('keeps the status it ended with, and owes nothing but its traces', () => {
    expect(after(done, erased(done, now))).toMatchObject({ status: 'COMPLETED', run: 2, owes: ['erase'] });
  });

  it('loses its last trace a minute after the last one that could write: the upload form, the lease, or now', () => {
    const at = (over: Partial<JobRecord>) => {
      const job = { ...processing, uploadEndsAt: 0, lease: null, ...over };
      const { erase, dueAt } = after(job, erased(job, now));
      expect(dueAt).toBe(erase?.at);
      return (erase?.at ?? 0) - now;
    };

    expect(at({})).toBe(minute);
    expect(at({ lease: { ...me, until: now + 20_000 } })).toBe(20_000 + minute);
    expect(at({ uploadEndsAt: now + 10 * minute })).toBe(11 * minute);
  });

  it('is erased once', async () => {
    const gone = after(done, erased(done, now));

    expect(await save(gone, erased(done, now))).toBeNull();
  });
});

describe('what is owed', () => {
  it('is paid one by one, and the last payment settles the job', () => {
    const once = after(failed, paid(failed, 'announce', times));
    const twice = after(once, paid(once, 'signal-dead-letter', times));

    expect(once).toMatchObject({ owes: ['signal-dead-letter'], dueAt: failed.dueAt });
    expect(twice).toMatchObject({ owes: [], dueAt: null });
  });

  it('is not forgotten when two are paid at the same time', async () => {
    const store = new InMemoryJobStore();
    await store.create(failed);

    expect(await store.change(failed.jobId, paid(failed, 'announce', times))).not.toBeNull();
    expect(await store.change(failed.jobId, paid(failed, 'signal-dead-letter', times))).toBeNull();

    expect((await store.get(failed.jobId))?.owes).toEqual(['signal-dead-letter']);
  });

  it('is looked at after a minute, less often the longer it lasts, at last every hour', () => {
    const gaps: number[] = [];
    let job = failed;
    for (let at = now + minute; gaps.length < 9; at = job.dueAt ?? 0) {
      job = after(job, stillOwed(job, at, times));
      gaps.push(((job.dueAt ?? 0) - at) / minute);
    }

    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });
});
