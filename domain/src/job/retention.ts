import type { EpochMs } from '../ports/clock.ts';
import type { JobRecord } from './job-record.ts';

/** How long things are kept after their job has ended, in milliseconds; null: until its user deletes it. */
export interface Retention {
  audioMs: number | null;
  transcriptMs: number | null;
}

export const keptForGood: Retention = { audioMs: null, transcriptMs: null };

/** When something of a job that has ended is to be removed next; null: nothing of it ever. */
export function nextRemovalAt(job: JobRecord, retention: Retention): EpochMs | null {
  const times = [audioEndsAt(job, retention), transcriptEndsAt(job, retention)].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

export function audioEndsAt(job: JobRecord, { audioMs }: Retention): EpochMs | null {
  // No recording ever came.
  if (job.status === 'EXPIRED') return null;
  if (audioMs === null || job.finishedAt === null || job.audioRemovedAt !== null) return null;
  const at = job.finishedAt + audioMs;
  // Of an upload that was not accepted something may still come while its form lasts.
  return job.audioEtag === null ? Math.max(at, job.uploadEndsAt) : at;
}

export function transcriptEndsAt(job: JobRecord, { transcriptMs }: Retention): EpochMs | null {
  const isThere = job.result !== null && job.transcriptRemovedAt === null;
  if (transcriptMs === null || job.finishedAt === null || !isThere) return null;
  return job.finishedAt + transcriptMs;
}
