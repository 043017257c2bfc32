import type { EpochMs } from '../ports/clock.ts';
import type { JobChange } from '../ports/job-store.ts';
import type { ChunkRecord } from './chunk-record.ts';
import { type FailureCode, ruleOf } from './failure-codes.ts';
import { grownChunkHistory, type History } from './history-record.ts';
import { givenUp, type JobTimes, resendDelayMs, restAfter, unmoved } from './job-changes.ts';
import { recorded, type WhatHappened } from './job-history.ts';
import type { JobRecord } from './job-record.ts';

/**
 * Everything that can happen to the chunks of a job, each as one conditional write, like `job-changes.ts`. Each holds
 * only while the job is PROCESSING in the same run and the chunk under the same fence: so cancelling, deleting and
 * failing the job fence all its chunks at once.
 */

/** In order. */
export function chunksOf(job: JobRecord): { index: number; chunk: ChunkRecord }[] {
  return Object.entries(job.chunks)
    .map(([index, chunk]) => ({ index: Number(index), chunk }))
    .toSorted((a, b) => a.index - b.index);
}

/** From then on its chunks are claimed, and not the job. */
export function isCut(job: JobRecord): boolean {
  return Object.keys(job.chunks).length > 0;
}

export function allChunksDone(job: JobRecord): boolean {
  return isCut(job) && Object.values(job.chunks).every(({ state }) => state === 'done');
}

/** Pieces of the recording are about to be stored: tidying them away is owed from now on, whatever becomes of the job. */
export function aboutToCut(job: JobRecord): JobChange {
  return { expect: { ...unmoved(job), chunks: {} }, set: { owes: ['tidy'] } };
}

/** The recording is cut and its pieces are stored: from this write on any worker may take any of them. */
export function cut(
  job: JobRecord,
  facts: Pick<JobRecord, 'durationSeconds' | 'truncated' | 'detectedLanguage'> & { chunks: ChunkRecord[] },
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const chunks = Object.fromEntries(facts.chunks.map((chunk, index) => [String(index), chunk]));
  return {
    expect: unmoved(job),
    set: {
      ...facts,
      chunks,
      lease: null,
      phase: 'transcribing',
      sends: 1,
      dueAt: now + resendDelayMs(1, times),
      history: recorded(job, { chunks }, { event: 'job.cut', at: now }),
    },
  };
}

/** Like `claimed` for a whole job: from a worker that is gone the chunk may have to rest first, or the job is given up. */
export function chunkClaimed(
  job: JobRecord,
  index: number,
  by: { worker: string; messageId: string },
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const chunk = chunkAt(job, index);
  const until = now + times.leaseMs;
  const isTakeover = chunk.state === 'working';
  const interruptions = chunk.interruptions + (isTakeover ? 1 : 0);
  // Not from a worker that has prolonged its lease meanwhile.
  const alsoExpect = { lease: chunk.lease };
  if (isTakeover && restAfter(interruptions, times) !== 0) {
    return onlyIf(alsoExpect, chunkInterrupted(job, index, now, times));
  }
  const set = {
    // Work that starts shows that messages are taken.
    job: { sends: 0, dueAt: until + 5_000 },
    chunk: {
      state: 'working',
      fence: chunk.fence + 1,
      lease: { ...by, until },
      retryAt: null,
      audioSecondsDone: 0,
      interruptions,
    },
  } satisfies ChunkChange;
  const event = isTakeover ? 'chunk.taken_over' : 'chunk.claimed';
  const what = { event, at: now, worker: by.worker } as const;
  return onlyIf(alsoExpect, changeOf(job, index, set, what));
}

export function chunkBeaten(
  job: JobRecord,
  index: number,
  progress: Pick<ChunkRecord, 'audioSecondsDone'>,
  now: EpochMs,
  times: JobTimes,
): JobChange {
  const { lease } = chunkAt(job, index);
  if (!lease) throw new Error(`chunk ${index} of job ${job.jobId} has no lease to prolong`);
  const until = now + times.leaseMs;
  return changeOf(job, index, {
    job: { dueAt: until + 5_000 },
    chunk: { ...progress, lease: { ...lease, until } },
  });
}

/** Its text is stored. With the last one the job can be assembled, by whoever sees it. */
export function chunkDone(job: JobRecord, index: number, now: EpochMs, times: JobTimes): JobChange {
  const { durationSeconds } = chunkAt(job, index);
  const set: ChunkChange = {
    job: { dueAt: now + times.leaseMs },
    chunk: { state: 'done', lease: null, audioSecondsDone: durationSeconds },
  };
  return changeOf(job, index, set, { event: 'chunk.completed', at: now });
}

/** The chunk waits for its next attempt; with the fourth failure, or one that trying again can't help, the job fails. */
export function chunkFailed(
  job: JobRecord,
  index: number,
  code: FailureCode,
  now: EpochMs,
  times: JobTimes,
  detail: string | null = null,
): JobChange {
  const { failures } = chunkAt(job, index);
  const delay = times.retryDelaysMs[failures];
  if (ruleOf(code).kind !== 'transient' || delay === undefined) {
    const gaveUp = givenUp(job, code, now, times, { failures: failures + 1, detail, chunk: index });
    return whileHeld(job, index, gaveUp);
  }
  const set: ChunkChange = {
    job: { lastError: { code, detail, at: now }, dueAt: now + Math.min(delay, times.leaseMs) },
    chunk: { ...atRest, failures: failures + 1, retryAt: now + delay },
  };
  return changeOf(job, index, set, { event: 'chunk.attempt_failed', at: now, code });
}

/** The worker stops or is gone: no failure of the chunk. It goes on elsewhere, like a job. */
export function chunkInterrupted(job: JobRecord, index: number, now: EpochMs, times: JobTimes): JobChange {
  const interruptions = chunkAt(job, index).interruptions + 1;
  const rest = restAfter(interruptions, times);
  if (rest === null) return whileHeld(job, index, givenUp(job, 'worker.lost', now, times, { chunk: index }));
  const set: ChunkChange = {
    job: { dueAt: now + Math.min(rest || times.leaseMs, times.leaseMs) },
    chunk: { ...atRest, interruptions, retryAt: rest > 0 ? now + rest : null },
  };
  return changeOf(job, index, set, { event: 'chunk.interrupted', at: now });
}

/** Chunks that nobody works on and that need not wait. When all are done, the last one: its message assembles the job. */
export function chunksToSend(job: JobRecord, now: EpochMs): number[] {
  const chunks = chunksOf(job);
  if (allChunksDone(job)) return chunks.slice(-1).map(({ index }) => index);
  return chunks
    .filter(({ chunk }) => chunk.state !== 'done' && freeFrom(chunk) <= now)
    .map(({ index }) => index);
}

/** Messages were lost, or retries have come: what `chunksToSend` names is sent (again). */
export function chunksSentAgain(job: JobRecord, now: EpochMs, times: JobTimes): JobChange {
  const sends = job.sends + (chunksToSend(job, now).length > 0 ? 1 : 0);
  const later = Object.values(job.chunks)
    .filter((chunk) => chunk.state !== 'done')
    .map(freeFrom);
  const dueAt = Math.min(now + resendDelayMs(Math.max(1, sends), times), ...later.filter((at) => at > now));
  return { expect: { ...unmoved(job), sends: job.sends }, set: { sends, dueAt } };
}

const atRest = { state: 'waiting', lease: null, audioSecondsDone: 0 } as const;

/** When somebody may take it. */
function freeFrom({ lease, retryAt }: ChunkRecord): EpochMs {
  return lease?.until ?? retryAt ?? 0;
}

function chunkAt(job: JobRecord, index: number): ChunkRecord {
  const chunk = job.chunks[index];
  if (!chunk) throw new Error(`job ${job.jobId} has no chunk ${index}`);
  return chunk;
}

interface ChunkChange {
  job: Partial<JobRecord>;
  chunk: Partial<ChunkRecord>;
}

/** `what`: kept in the chunk's history; only its holder writes it, so nothing of it is lost. */
function changeOf(job: JobRecord, index: number, set: ChunkChange, what?: WhatHappened): JobChange {
  const history = what && recordedOfChunk(chunkAt(job, index), set.chunk, what);
  return {
    expect: unmoved(job),
    set: set.job,
    chunk: { index, expect: fenceOf(job, index), set: { ...set.chunk, ...(history && { history }) } },
  };
}

function onlyIf(expected: Partial<ChunkRecord>, change: JobChange): JobChange {
  const { chunk } = change;
  return chunk ? { ...change, chunk: { ...chunk, expect: { ...chunk.expect, ...expected } } } : change;
}

function recordedOfChunk(
  chunk: ChunkRecord,
  set: Partial<ChunkRecord>,
  { event, at, ...facts }: WhatHappened,
): History {
  const { fence, failures, interruptions } = { ...chunk, ...set };
  const counts = { ...(failures > 0 && { failures }), ...(interruptions > 0 && { interruptions }) };
  return grownChunkHistory(chunk.history, { at, event, fence, ...counts, ...facts });
}

function fenceOf(job: JobRecord, index: number): Partial<ChunkRecord> {
  const { fence, state } = chunkAt(job, index);
  return { fence, state };
}

/** Only by whoever holds the chunk still. */
function whileHeld(job: JobRecord, index: number, change: JobChange): JobChange {
  return { ...change, chunk: { index, expect: fenceOf(job, index), set: {} } };
}
