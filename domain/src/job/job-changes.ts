import type { EpochMs } from '../ports/clock.ts';
import type { JobChange } from '../ports/job-store.ts';
import { type FailureCode, ruleOf } from './failure-codes.ts';
import { recorded, type WhatHappened } from './job-history.ts';
import type { Debt, JobPhase, JobRecord, JobResult } from './job-record.ts';
import { isFinal, type JobStatus, mayMove } from './job-status.ts';
import { audioEndsAt, keptForGood, nextRemovalAt, type Retention, transcriptEndsAt } from './retention.ts';
import { hasLooseParts, uploadAddressMs } from './upload-parts.ts';

/**
 * Everything that can happen to a job, each as one conditional write. Nothing here reads a clock or a store: the caller
 * gives the record it read, and the write is refused when the record has moved on since.
 */

/** The times of a job's life, in milliseconds. Tests shorten them; `design` says why they are what they are. */
export interface JobTimes {
  leaseMs: number;
  /** Waits before the second, third and fourth attempt. */
  retryDelaysMs: readonly number[];
  /**
   * How long a job rests after its first, second, ... interruption, then always the last of these. Workers that die one after
   * the other (a bad release, a recording that kills them) would else use up twenty of every job at hand within minutes.
   */
  restsMs: readonly number[];
  /** A queued job whose message nobody took is sent again after this, then after twice as long, and so on. */
  resendMs: number;
  /** How soon what is owed is looked at again. */
  debtMs: number;
  /** Whoever began to tell of a job's end longer ago and did not say how it went is thought dead. Every channel gives up sooner. */
  sendingMs: number;
  /** How soon an upload that was not announced is looked for; doubles up to five times that. */
  uploadCheckMs: number;
  /** A job whose file never came expires this long after its form ended. */
  uploadGraceMs: number;
  retention: Retention;
}

export const defaultJobTimes: JobTimes = {
  leaseMs: 30_000,
  retryDelaysMs: [5 * 60_000, 25 * 60_000, 125 * 60_000],
  restsMs: [0, 0, 0, 5_000, 10_000, 15_000],
  resendMs: 2 * 60_000,
  debtMs: 60_000,
  sendingMs: 60_000,
  uploadCheckMs: 60_000,
  uploadGraceMs: 60 * 60_000,
  retention: keptForGood,
};

export const maxInterruptions = 20;
export const maxSends = 20;
const maxResendMs = 6 * 60 * 60_000;
/** Writes by a worker that lost its lease a moment ago may still be under way; erasing waits them out. */
const eraseGraceMs = 60_000;

/** After so many interruptions, in milliseconds. 0: the next worker goes on at once; null: none does any more. */
export function restAfter(interruptions: number, { restsMs }: JobTimes): number | null {
  if (interruptions >= maxInterruptions) return null;
  return restsMs[interruptions - 1] ?? restsMs.at(-1) ?? 0;
}

/** Holds only while the job is where it was read: same state, same run, same claim. */
export function unmoved(job: JobRecord): Pick<JobRecord, 'status' | 'run' | 'fence' | 'erase'> {
  return { status: job.status, run: job.run, fence: job.fence, erase: job.erase };
}

/**
 * Holds only while the job is worked on as a whole. Once its recording is cut, chunks fail and are interrupted, each by
 * itself, and have leases of their own: what comes late from whoever cut it must not bring the job back to the queue.
 */
function uncut({ expect, set }: JobChange): JobChange {
  return { expect: { ...expect, chunks: {} }, set };
}

function move(job: JobRecord, to: JobStatus, set: Partial<JobRecord>, what: WhatHappened): JobChange {
  if (!mayMove(job.status, to)) throw new Error(`no move from ${job.status} to ${to} (job ${job.jobId})`);
  const moved = { status: to, ...set };
  return { expect: unmoved(job), set: { ...moved, history: recorded(job, moved, what) } };
}

export function resendDelayMs(sends: number, times: JobTimes): number {
  return Math.min(times.resendMs * 2 ** (sends - 1), maxResendMs);
}

/** The file is there and is what was announced. Whoever saves this sends the one message. */
export function acceptedUpload(
  job: JobRecord,
  audio: { etag: string; sizeBytes: number },
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const set = {
    audioEtag: audio.etag,
    sizeBytes: audio.sizeBytes,
    sends: 1,
    dueAt: now + resendDelayMs(1, times),
  };
  return move(job, 'QUEUED', set, { event: 'job.upload_accepted', at: now });
}

/** The client begins its upload again, with a new form: the job waits for that one's end. */
export function uploadBegunAgain(job: JobRecord, uploadEndsAt: EpochMs): JobChange {
  return { expect: unmoved(job), set: { uploadEndsAt } };
}

/** Storage has a name for the upload in parts. Of those who began one at the same time, the first counts. */
export function partsBegun(job: JobRecord, uploadId: string): JobChange {
  if (!job.multipart) throw new Error(`the file of job ${job.jobId} comes as a whole`);
  const { multipart } = job;
  return { expect: { ...unmoved(job), multipart }, set: { multipart: { ...multipart, uploadId } } };
}

/** The file has not come yet: look again later. */
export function uploadStillMissing(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const waited = Math.max(now - job.createdAt, times.uploadCheckMs);
  const next = Math.min(waited, 5 * times.uploadCheckMs);
  return { expect: unmoved(job), set: { dueAt: now + next } };
}

export function expired(job: JobRecord, now: EpochMs): JobChange {
  const owes = partsLeftBy(job);
  const set: Partial<JobRecord> = {
    finishedAt: now,
    phase: 'done',
    owes,
    dueAt: owes.length > 0 ? now : null,
  };
  return move(job, 'EXPIRED', set, { event: 'job.expired', at: now });
}

/** The job's message was lost, or its retry has come: it is sent (again). */
export function sentAgain(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const sends = job.sends + 1;
  return {
    expect: { ...unmoved(job), sends: job.sends },
    set: { sends, dueAt: now + resendDelayMs(sends, times) },
  };
}

/**
 * A worker takes the job. From a worker that is gone this counts as an interruption: then the job may have to rest first,
 * or is given up.
 */
export function claimed(
  job: JobRecord,
  by: { worker: string; messageId: string },
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const until = now + times.leaseMs;
  const claim: Partial<JobRecord> = {
    fence: job.fence + 1,
    lease: { ...by, until },
    startedAt: job.startedAt ?? now,
    phase: 'reading',
    audioSecondsDone: 0,
    dueAt: until + 5_000,
  };
  const { worker } = by;
  if (job.status === 'PROCESSING') {
    const interruptions = job.interruptions + 1;
    const taken = { ...claim, interruptions };
    const history = recorded(job, taken, { event: 'job.taken_over', at: now, worker });
    const takeover = { expect: unmoved(job), set: { ...taken, history } };
    const { expect, set } = restAfter(interruptions, times) === 0 ? takeover : interrupted(job, now, times);
    // Not from a worker that has prolonged its lease meanwhile.
    return { expect: { ...expect, lease: job.lease }, set };
  }
  return move(job, 'PROCESSING', claim, { event: 'job.claimed', at: now, worker });
}

/** The holder is alive: prolongs its lease and says how far it is. */
export function beaten(
  job: JobRecord,
  progress: { phase: JobPhase; audioSecondsDone: number; durationSeconds: number | null },
  now: EpochMs,
  times: JobTimes,
): JobChange {
  if (!job.lease) throw new Error(`job ${job.jobId} has no lease to prolong`);
  const until = now + times.leaseMs;
  return uncut({
    expect: unmoved(job),
    set: { ...progress, lease: { ...job.lease, until }, dueAt: until + 5_000 },
  });
}

/** The length of the recording is known, and is now counted against its user's hours: never a second time. */
export function audioCharged(job: JobRecord, durationSeconds: number, now: EpochMs): JobChange {
  const audioCharge = { seconds: Math.ceil(durationSeconds), at: now };
  return uncut({ expect: { ...unmoved(job), audioCharge: null }, set: { audioCharge } });
}

export function completed(
  job: JobRecord,
  result: JobResult,
  durationSeconds: number,
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const set = {
    result,
    durationSeconds,
    audioSecondsDone: durationSeconds,
    ...ended(job, ['announce'], now, times),
  };
  return move(job, 'COMPLETED', set, { event: 'job.completed', at: now });
}

/**
 * This attempt failed: the job waits for its next one, or is given up when it had them all. `detail`: what was thrown,
 * from `describeError`.
 */
export function failedAttempt(
  job: JobRecord,
  code: FailureCode,
  now: EpochMs,
  times: JobTimes,
  detail: string | null = null,
): JobChange {
  const failures = job.failures + 1;
  const delay = times.retryDelaysMs[job.failures];
  if (ruleOf(code).kind === 'transient' && delay !== undefined) {
    const set = { failures, lastError: { code, detail, at: now }, ...waiting, dueAt: now + delay };
    return uncut(move(job, 'QUEUED', set, { event: 'job.attempt_failed', at: now, code }));
  }
  return uncut(givenUp(job, code, now, times, { failures, detail }));
}

interface LastTry {
  failures?: number;
  interruptions?: number;
  detail?: string | null;
  chunk?: number;
}

/**
 * Nothing more is tried in this run. What was not the user's own mistake becomes a dead letter. `last`: what the last try
 * added to the counts, what it threw, and the chunk that it was a try of.
 */
export function givenUp(
  job: JobRecord,
  code: FailureCode,
  now: EpochMs,
  times: JobTimes,
  { chunk, detail = null, ...counts }: LastTry = {},
): JobChange {
  const deadLetter = ruleOf(code).kind === 'user' ? null : { reason: code, at: now };
  const set = {
    ...counts,
    errorCode: code,
    lastError: { code, detail, at: now },
    deadLetter,
    // It did not fit, so it was not counted; whoever retries it on another day has it counted then.
    ...(code === 'quota.exceeded' ? { audioCharge: null } : {}),
    ...ended(job, deadLetter ? ['announce', 'signal-dead-letter'] : ['announce'], now, times),
  };
  const where = chunk === undefined ? {} : { chunk };
  return move(job, 'FAILED', set, { event: 'job.given_up', at: now, code, ...where });
}

/** The worker stops or is gone. No failure of the job, which goes on elsewhere: at once, when that happened often after a rest. */
export function interrupted(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const interruptions = job.interruptions + 1;
  const rest = restAfter(interruptions, times);
  if (rest === null) return uncut(givenUp(job, 'worker.lost', now, times, { interruptions }));
  // As long as it rests no message belongs to it.
  const next = rest > 0 ? { dueAt: now + rest } : { sends: 1, dueAt: now + resendDelayMs(1, times) };
  const set = { interruptions, ...waiting, ...next };
  return uncut(move(job, 'QUEUED', set, { event: 'job.interrupted', at: now }));
}

export function canceled(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  return move(job, 'CANCELED', ended(job, partsLeftBy(job), now, times), { event: 'job.canceled', at: now });
}

/** The user, or an operator, wants a failed job tried afresh: a new run with all its attempts. */
export function newRun(
  job: JobRecord,
  wantedBy: 'user' | 'operator',
  now: EpochMs,
  times: JobTimes,
): JobChange {
  // Other ways lead to QUEUED too, but they stay within their run.
  if (job.status !== 'FAILED') throw new Error(`no new run out of ${job.status} (job ${job.jobId})`);
  const set: Partial<JobRecord> = {
    run: job.run + 1,
    failures: 0,
    interruptions: 0,
    ...waiting,
    sends: 1,
    dueAt: now + resendDelayMs(1, times),
    startedAt: null,
    finishedAt: null,
    errorCode: null,
    lastError: null,
    detectedLanguage: null,
    truncated: false,
    deadLetter: null,
    // Of the runs before: no announcement of theirs is owed any more.
    owes: job.owes.filter((debt) => debt !== 'announce' && debt !== 'signal-dead-letter'),
  };
  const event = wantedBy === 'user' ? 'job.retried' : 'job.replayed';
  const started = move(job, 'QUEUED', set, { event, at: now });
  // Not on a recording that is being removed.
  return { ...started, expect: { ...started.expect, audioRemovedAt: null } };
}

/** The user deletes the job: gone for every reader from here on, its traces follow. A new run number fences late workers. */
export function erased(job: JobRecord, now: EpochMs): JobChange {
  // Parts need new addresses all the time, and get none from here on.
  const uploadEndsAt = job.multipart ? Math.min(job.uploadEndsAt, now + uploadAddressMs) : job.uploadEndsAt;
  const lastWriter = Math.max(now, job.lease?.until ?? 0, uploadEndsAt);
  const at = lastWriter + eraseGraceMs;
  return {
    expect: { run: job.run, erase: null },
    set: {
      ...(isFinal(job.status) ? {} : { status: 'CANCELED' as const, finishedAt: now }),
      run: job.run + 1,
      lease: null,
      erase: { at },
      owes: ['erase'],
      deadLetter: null,
      dueAt: at,
    },
  };
}

/** One thing that was owed is done; with the last one the job is settled, and only its time may be over some day. */
export function paid(job: JobRecord, debt: Debt, { retention }: Pick<JobTimes, 'retention'>): JobChange {
  const owes = job.owes.filter((other) => other !== debt);
  return {
    expect: { ...unmoved(job), owes: job.owes },
    set: { owes, ...(owes.length === 0 ? { dueAt: nextRemovalAt(job, retention) } : {}) },
  };
}

/** Something is still owed: look again later, and less often the longer it lasts (a mail server down for a night). */
export function stillOwed(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const owedFor = now - (job.finishedAt ?? now);
  const next = Math.min(Math.max(owedFor, times.debtMs), 60 * times.debtMs);
  return { expect: { ...unmoved(job), dueAt: job.dueAt }, set: { dueAt: now + next } };
}

/**
 * Says in the record what is removed, before it is: from here on nobody is promised it any more, and no new run begins
 * on it. Due again soon, so that a removal that is cut short is made again.
 */
export function removalBegun(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const isOver = (at: EpochMs | null) => at !== null && at <= now;
  return {
    expect: { ...unmoved(job), dueAt: job.dueAt },
    set: {
      ...(isOver(audioEndsAt(job, times.retention)) ? { audioRemovedAt: now } : {}),
      ...(isOver(transcriptEndsAt(job, times.retention)) ? { transcriptRemovedAt: now } : {}),
      dueAt: now + times.debtMs,
    },
  };
}

/** Nothing is owed: the next to happen is that something is removed, if anything. */
export function settled(job: JobRecord, { retention }: Pick<JobTimes, 'retention'>): JobChange {
  return {
    expect: { ...unmoved(job), dueAt: job.dueAt },
    set: { dueAt: nextRemovalAt(job, retention) },
  };
}

/** For a job that was settled under other settings: what it is due for under these; null where nothing changes. */
export function dueUnder(retention: Retention, job: JobRecord): JobChange | null {
  if (!isFinal(job.status) || job.erase || job.owes.length > 0) return null;
  const at = nextRemovalAt(job, retention);
  if (at === null || (job.dueAt !== null && job.dueAt <= at)) return null;
  return { expect: { ...unmoved(job), dueAt: job.dueAt }, set: { dueAt: at } };
}

/** Parts that will never be joined are tidied away. */
function partsLeftBy(job: JobRecord): Debt[] {
  return hasLooseParts(job) ? ['tidy'] : [];
}

const waiting = { lease: null, phase: 'waiting', audioSecondsDone: 0, sends: 0 } as const;

/** What was kept for the chunks is tidied away when no worker can be writing any more. */
function ended(job: JobRecord, owed: Debt[], now: EpochMs, times: JobTimes): Partial<JobRecord> {
  const wasCut = Object.keys(job.chunks).length > 0;
  const owes: Debt[] = wasCut || job.owes.includes('tidy') ? [...owed, 'tidy'] : owed;
  return {
    finishedAt: now,
    lease: null,
    chunks: {},
    phase: 'done',
    owes,
    dueAt: owes.length > 0 ? now + times.debtMs : nextRemovalAt({ ...job, finishedAt: now }, times.retention),
  };
}
