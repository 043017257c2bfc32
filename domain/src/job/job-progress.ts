import { z } from 'zod';
import type { EpochMs } from '../ports/clock.ts';
import type { ChunkRecord } from './chunk-record.ts';
import { JobPhase, type JobRecord } from './job-record.ts';

const Seconds = z.number().min(0);
const Count = z.number().int().min(0);

/** How far a job is. */
export const JobProgress = z.object({
  phase: JobPhase,
  /** Of the audio. 100 only with the transcript. */
  percent: z.number().int().min(0).max(100),
  audioSecondsDone: Seconds,
  /** Null until the recording was read. */
  audioSecondsTotal: Seconds.nullable(),
  /** Of a long recording that was cut, while it is worked on; null otherwise. */
  chunksDone: Count.nullable(),
  chunksTotal: Count.nullable(),
  /** How many pieces of work wait in the queue before this job, at most; null where nobody knows. */
  queuePosition: z.object({ atMost: Count }).nullable(),
  /** Judged by the job's own pace, before that by the pace of recent jobs; null: nothing to judge by. */
  estimate: z.object({ secondsLeft: Seconds, basis: z.enum(['this job', 'recent jobs']) }).nullable(),
  /** Nobody has worked on it for longer than a worker may be silent; it is started again. */
  stalled: z.boolean(),
});
export type JobProgress = z.infer<typeof JobProgress>;

/** What is known of the world around a job when somebody asks for its progress. */
export interface JobSurroundings {
  now: EpochMs;
  /** Messages that wait for a worker; null: not known. */
  waiting: number | null;
  /** Seconds that workers took of late for each second of audio; null: not known. */
  recentRealTimeFactor: number | null;
}

export function progressOf(job: JobRecord, around: JobSurroundings): JobProgress {
  const chunks = Object.values(job.chunks);
  const isCut = chunks.length > 0;
  const stalled = job.status === 'PROCESSING' && job.dueAt !== null && job.dueAt < around.now;
  return {
    phase: job.phase,
    percent: percentDone(job),
    audioSecondsDone: secondsDone(job),
    audioSecondsTotal: job.durationSeconds,
    chunksDone: isCut ? chunks.filter(({ state }) => state === 'done').length : null,
    chunksTotal: isCut ? chunks.length : null,
    queuePosition: queuePositionOf(job, around),
    estimate: stalled ? null : estimateOf(job, around),
    stalled,
  };
}

/** 100 means that the transcript is there, so the last piece of audio is not enough. */
export function percentDone(job: JobRecord): number {
  if (job.status === 'COMPLETED') return 100;
  if (!job.durationSeconds) return 0;
  return Math.min(99, Math.floor((100 * secondsDone(job)) / job.durationSeconds));
}

/** All chunks together, of a job that was cut; each channel that is heard for itself counts as a part of the whole. */
function secondsDone(job: JobRecord): number {
  const chunks = Object.values(job.chunks);
  if (chunks.length === 0) return job.audioSecondsDone;
  const sum = chunks.reduce((seconds, chunk) => seconds + chunk.audioSecondsDone, 0);
  return Math.round((1000 * sum) / trackCount(chunks)) / 1000;
}

function trackCount(chunks: ChunkRecord[]): number {
  return new Set(chunks.map(({ channel }) => channel)).size;
}

/** A queue does not say where a message stands: all that wait, but for the job itself, are the most that can be before it. */
function queuePositionOf(job: JobRecord, { waiting }: JobSurroundings): JobProgress['queuePosition'] {
  // Without a send it waits for its retry, and not in the queue.
  if (job.status !== 'QUEUED' || job.sends === 0 || waiting === null) return null;
  return { atMost: Math.max(0, waiting - 1) };
}

/** A pace measured over less says little. */
const telltaleSeconds = 3;

function estimateOf(job: JobRecord, around: JobSurroundings): JobProgress['estimate'] {
  if (job.status !== 'PROCESSING' || !job.durationSeconds) return null;
  const done = secondsDone(job);
  const left = Math.max(0, job.durationSeconds - done);
  const elapsed = (around.now - (job.startedAt ?? around.now)) / 1000;
  // After a failure or an interruption the time since the start is not the time that the work took.
  const isFirstGo = job.failures === 0 && job.interruptions === 0;
  if (isFirstGo && done > 0 && elapsed >= telltaleSeconds) {
    return { secondsLeft: Math.round((left * elapsed) / done), basis: 'this job' };
  }
  if (around.recentRealTimeFactor === null) return null;
  return { secondsLeft: Math.round(left * around.recentRealTimeFactor), basis: 'recent jobs' };
}
