import { jobPrefix } from '../job/job-ids.ts';
import type { JobRecord } from '../job/job-record.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Removes what the record says is removed, once its time was over. Safe to repeat. @throws StorageUnavailable */
export async function removeExpired(job: JobRecord, objects: ObjectStore): Promise<void> {
  const prefix = jobPrefix(job.userId, job.jobId);
  if (job.audioRemovedAt !== null) {
    await objects.deletePrefix('audio', prefix);
    // The outline of its waveform.
    await objects.deletePrefix('transcripts', `${prefix}peaks.json`);
  }
  if (job.transcriptRemovedAt !== null) await objects.deletePrefix('transcripts', prefix);
}

/**
 * Removes everything that is stored for a job: its upload, its results, its work in progress. Called when the job is
 * deleted, and once more when nobody can write for it any longer. @throws StorageUnavailable
 */
export async function removeObjects(job: JobRecord, objects: ObjectStore): Promise<void> {
  const prefix = jobPrefix(job.userId, job.jobId);
  await Promise.all([
    objects.deletePrefix('audio', prefix),
    objects.deletePrefix('transcripts', prefix),
    objects.deletePrefix('transcripts', `work/${prefix}`),
  ]);
}
