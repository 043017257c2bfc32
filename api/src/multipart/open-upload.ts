import { type JobRecord, type MultipartUpload, partsBegun } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { getJob } from '../jobs/get-job.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';

type Multipart = NonNullable<JobRecord['multipart']>;
export type JobInParts = JobRecord & { multipart: Multipart };

/** The caller's own job, whose file comes in parts. @throws Refused job.unknown | upload.not_in_parts */
export async function jobInParts(jobId: string, caller: Caller, ports: JobPorts): Promise<JobInParts> {
  const { multipart, ...job } = await getJob(jobId, caller, ports);
  if (!multipart) throw new Refused('upload.not_in_parts');
  return { ...job, multipart };
}

/** The same while parts are still taken. @throws Refused upload.exists | upload.over */
export async function openUpload(jobId: string, caller: Caller, ports: JobPorts): Promise<JobInParts> {
  const job = await jobInParts(jobId, caller, ports);
  assertOpen(job);
  if (ports.clock.now() >= job.uploadEndsAt) throw new Refused('upload.over');
  return job;
}

/** @throws Refused upload.exists | upload.over */
export function assertOpen({ status }: JobRecord): void {
  if (status === 'PENDING_UPLOAD') return;
  throw new Refused(status === 'CANCELED' || status === 'EXPIRED' ? 'upload.over' : 'upload.exists');
}

/** What storage calls the upload of this job; null before its first part was asked for. */
export function uploadOf({ audioKey, multipart }: JobRecord): MultipartUpload | null {
  const uploadId = multipart?.uploadId ?? null;
  return uploadId === null ? null : { key: audioKey, uploadId };
}

/**
 * The upload, begun now if it was not. Creating a job asks nothing of storage, so this is left to the first part. Of two
 * who begin at once the first counts; the other one's holds no part, and goes when the job or the bucket is tidied.
 */
export async function begunUpload(
  job: JobInParts,
  caller: Caller,
  ports: JobPorts,
): Promise<MultipartUpload> {
  const known = uploadOf(job);
  if (known) return known;
  const uploadId = await ports.objects.multipart.begin(job.audioKey, job.contentType);
  const saved = await ports.jobs.change(job.jobId, partsBegun(job, uploadId));
  if (saved) return { key: job.audioKey, uploadId };
  return begunUpload(await openUpload(job.jobId, caller, ports), caller, ports);
}
