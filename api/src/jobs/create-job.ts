import { audioTypeOf, type JobRecord, type PresignedUpload } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { type FieldError, Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';
import { newJob } from './new-job.ts';
import { optionsOf, type TranscriptionRequest } from './transcription-request.ts';

export interface CreateJob extends TranscriptionRequest {
  fileName: string;
  contentType: string;
  sizeBytes: number;
  upload?: 'post' | 'put';
}

const formSeconds = 15 * 60;

/** Saves a job that waits for its file, and gives the form to send the file straight to storage with. */
export async function createJob(
  request: CreateJob,
  caller: Caller,
  ports: JobPorts,
): Promise<{ job: JobRecord; upload: PresignedUpload }> {
  const type = audioTypeOf(request.contentType, request.fileName);
  const errors = faultsOf(request, type, ports.maxUploadBytes);
  if (!type || errors.length > 0) throw new Refused('request.invalid', { errors });

  const { fileName, sizeBytes } = request;
  const options = optionsOf(request);
  const announced = { fileName, sizeBytes, options, ...type, uploadMs: formSeconds * 1000 };
  const job = newJob(announced, caller, ports.clock.now(), ports);

  // Signed before it is saved: if signing fails, nothing was made.
  const upload = await ports.objects.presignUpload(job.audioKey, {
    method: request.upload === 'put' ? 'PUT' : 'POST',
    contentType: job.contentType,
    sizeBytes,
    minSizeBytes: 1,
    expiresInSeconds: formSeconds,
  });
  await saveNewJob(job, ports);
  return { job, upload };
}

export async function saveNewJob(job: JobRecord, ports: Pick<JobPorts, 'jobs'>): Promise<void> {
  if (!(await ports.jobs.create(job))) throw new Error(`the new id ${job.jobId} is taken`);
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
