import {
  beaten,
  chunkBeaten,
  chunkFailed,
  chunkInterrupted,
  type EpochMs,
  type FailureCode,
  failedAttempt,
  interrupted,
  type JobChange,
  type JobPhase,
  type JobRecord,
  type JobTimes,
} from '@verbatim/domain';

export interface Progress {
  phase: JobPhase;
  audioSecondsDone: number;
  durationSeconds: number | null;
}

/** What a worker has claimed: a whole job, or one chunk of it. The same things can happen to both. */
export interface ClaimedWork {
  /** As it was when it was claimed. */
  job: JobRecord;
  /** For logs. */
  name: { jobId: string; chunk?: number };
  isStillOurs(seen: JobRecord): boolean;
  beaten(progress: Progress, now: EpochMs): JobChange;
  /** `seen`: the job as it is now, with what its other chunks have come to. */
  failed(seen: JobRecord, error: { code: FailureCode; detail: string }, now: EpochMs): JobChange;
  interrupted(now: EpochMs): JobChange;
}

export function claimedJob(job: JobRecord, times: JobTimes): ClaimedWork {
  return {
    job,
    name: { jobId: job.jobId },
    isStillOurs: (seen) => isSameClaim(seen, job) && seen.lease?.messageId === job.lease?.messageId,
    beaten: (progress, now) => beaten(job, progress, now, times),
    failed: (seen, { code, detail }, now) => failedAttempt(seen, code, now, times, detail),
    interrupted: (now) => interrupted(job, now, times),
  };
}

export function claimedChunk(job: JobRecord, index: number, times: JobTimes): ClaimedWork {
  return {
    job,
    name: { jobId: job.jobId, chunk: index },
    isStillOurs: (seen) => isSameClaim(seen, job) && seen.chunks[index]?.fence === job.chunks[index]?.fence,
    beaten: ({ audioSecondsDone }, now) => chunkBeaten(job, index, { audioSecondsDone }, now, times),
    failed: (seen, { code, detail }, now) => chunkFailed(seen, index, code, now, times, detail),
    interrupted: (now) => chunkInterrupted(job, index, now, times),
  };
}

function isSameClaim(seen: JobRecord, job: JobRecord): boolean {
  return seen.status === 'PROCESSING' && seen.run === job.run && seen.fence === job.fence;
}
