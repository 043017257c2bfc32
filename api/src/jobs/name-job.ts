import { createHash } from 'node:crypto';
import { type JobRecord, newJobId, uploadBegunAgain } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';

export interface JobRequest {
  /** Null: the client takes the risk of a second job when it asks again. */
  idempotencyKey: string | null;
  /** All that was asked for. */
  asks: unknown;
}

/**
 * Under which id the job of a request belongs, and the job itself if it is there already. With an Idempotency-Key the
 * name comes first and the job second: whoever comes again under the key, after a crash in between too, finds the name and
 * makes what is missing. So one key has one job, however many ask at once.
 * @throws Refused idempotency.other_request | idempotency.job_gone
 */
export async function nameJob(
  request: JobRequest,
  { userId }: Pick<Caller, 'userId'>,
  ports: Pick<JobPorts, 'idempotencyKeys' | 'jobs' | 'clock'>,
): Promise<{ jobId: string; made: JobRecord | null }> {
  const now = ports.clock.now();
  const newId = newJobId(now);
  if (request.idempotencyKey === null) return { jobId: newId, made: null };

  const fingerprint = hashOf(JSON.stringify(request.asks));
  const ours = { jobId: newId, fingerprint, boundAt: now };
  const binding = await ports.idempotencyKeys.bind(userId, hashOf(request.idempotencyKey), ours);
  if (binding.fingerprint !== fingerprint) throw new Refused('idempotency.other_request');
  const { jobId } = binding;
  if (jobId === newId) return { jobId, made: null };

  const made = await ports.jobs.get(jobId);
  // Once the last trace of a deleted job is gone, nothing tells it from one that was never made: that is what erasing means.
  if (made?.erase) throw new Refused('idempotency.job_gone');
  return { jobId, made };
}

/** A job that still waits for its file waits as long again, since its client begins again; one in parts just goes on. */
export async function waitAnew(
  job: JobRecord,
  uploadMs: number,
  ports: Pick<JobPorts, 'jobs' | 'clock'>,
): Promise<JobRecord> {
  if (job.status !== 'PENDING_UPLOAD' || job.multipart) return job;
  const uploadEndsAt = ports.clock.now() + uploadMs;
  const saved = await ports.jobs.change(job.jobId, uploadBegunAgain(job, uploadEndsAt));
  // Its file has just come, or it was deleted.
  return saved ?? (await ports.jobs.get(job.jobId)) ?? job;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
