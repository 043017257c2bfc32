import {
  audioTypeOf,
  type JobRecord,
  type PresignedUpload,
  partedUploadMs,
  partSizeFor,
  type UploadPart,
  uploadAddressMs,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { arrivedParts } from '../multipart/arrived-parts.ts';
import { admitJob } from '../quotas/admit-job.ts';
import { type FieldError, Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';
import { nameJob, waitAnew } from './name-job.ts';
import { newJob } from './new-job.ts';
import { optionsOf, type TranscriptionRequest } from './transcription-request.ts';

export interface CreateJob extends TranscriptionRequest {
  fileName: string;
  contentType: string;
  sizeBytes: number;
  upload?: 'post' | 'put' | 'multipart';
}

const methods = { post: 'POST', put: 'PUT', multipart: 'multipart' } as const;

export interface CreatedJob {
  job: JobRecord;
  /** Null when the job waits for no file any more: the request was made before, under the same key. */
  upload: PresignedUpload | { method: 'multipart'; arrived: UploadPart[] } | null;
  isNew: boolean;
}

/**
 * Saves a job that waits for its file, and gives the form to send the file straight to storage with. The same request
 * under the same Idempotency-Key gives the same job, and a fresh form.
 */
export async function createJob(
  request: CreateJob,
  idempotencyKey: string | null,
  caller: Caller,
  ports: JobPorts,
): Promise<CreatedJob> {
  const type = audioTypeOf(request.contentType, request.fileName);
  const errors = faultsOf(request, type, ports.maxUploadBytes);
  if (!type || errors.length > 0) throw new Refused('request.invalid', { errors });

  const { fileName, sizeBytes } = request;
  const options = optionsOf(request);
  const method = methods[request.upload ?? 'post'];
  const uploadMs = method === 'multipart' ? partedUploadMs : uploadAddressMs;
  const announced = { fileName, sizeBytes, options, ...type, uploadMs };
  const asks = { announced, method };
  const { jobId, made } = await nameJob({ idempotencyKey, asks }, caller, ports);
  const job = made
    ? await waitAnew(made, announced.uploadMs, ports)
    : newJob({ ...announced, ...partsFor(request, ports), jobId }, caller, ports.clock.now(), ports);
  if (job.status !== 'PENDING_UPLOAD') return { job, upload: null, isNew: false };

  // Signed before it is saved: if signing fails, nothing was made.
  const upload = await uploadFor(job, method, ports);
  if (made) return { job, upload, isNew: false };
  return { job: await saveNewJob(job, ports), upload, isNew: true };
}

function partsFor({ upload, sizeBytes }: CreateJob, { uploadPartBytes }: JobPorts) {
  return upload === 'multipart' ? { partSizeBytes: partSizeFor(sizeBytes, uploadPartBytes) } : {};
}

async function uploadFor(job: JobRecord, method: (typeof methods)[keyof typeof methods], ports: JobPorts) {
  if (method === 'multipart') return { method, arrived: await arrivedParts(job, ports) };
  return ports.objects.presignUpload(job.audioKey, {
    method,
    contentType: job.contentType,
    sizeBytes: job.sizeBytes ?? 0,
    minSizeBytes: 1,
    expiresInSeconds: uploadAddressMs / 1000,
  });
}

/**
 * The job as it is stored: another request under the same key may have been a moment earlier.
 * @throws Refused quota.*
 */
export async function saveNewJob(job: JobRecord, ports: JobPorts): Promise<JobRecord> {
  await admitJob(job.userId, job.jobId, ports);
  if (await ports.jobs.create(job)) return job;
  const stored = await ports.jobs.get(job.jobId);
  if (!stored) throw new Error(`the new id ${job.jobId} is taken, and by nobody`);
  return stored;
}

/** What the shape of the request alone can't tell. */
function faultsOf(
  request: CreateJob,
  type: ReturnType<typeof audioTypeOf>,
  maxUploadBytes: number,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!type) {
    errors.push({
      field: 'contentType',
      message:
        'contentType must be audio or video, or application/octet-stream with a known file name ending',
    });
  }
  if (request.sizeBytes > maxUploadBytes) {
    errors.push({ field: 'sizeBytes', message: `sizeBytes must not be greater than ${maxUploadBytes}` });
  }
  return errors;
}
