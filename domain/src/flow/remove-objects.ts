import { jobPrefix } from '../job/job-ids.ts';
import type { JobRecord } from '../job/job-record.ts';
import type { ObjectStore } from '../ports/object-store.ts';

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
