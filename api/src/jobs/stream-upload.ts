import {
  acceptUpload,
  audioTypeOf,
  type ByteStream,
  type JobRecord,
  type TranscriptionOptions,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { saveNewJob } from './create-job.ts';
import { deleteJob } from './delete-job.ts';
import type { JobPorts } from './job-ports.ts';
import { newJob } from './new-job.ts';

export interface IncomingFile {
  fileName: string;
  contentType: string;
  options: TranscriptionOptions;
  body: ByteStream;
}

/** The longest that a file may take through us, in milliseconds. Whoever is slower uploads straight to storage. */
export const streamedUploadMs = 2 * 60 * 60_000;

/**
 * A file that comes through this program instead of going straight to storage: the job is made when the file begins, and
 * the bytes pass on as they come. What breaks off leaves nothing behind.
 */
export async function storeUpload(file: IncomingFile, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  const type = audioTypeOf(file.contentType, file.fileName);
  if (!type) throw new Refused('upload.wrong_type');

  const fileName = displayNameOf(file.fileName);
  const announced = {
    ...type,
    fileName,
    options: file.options,
    sizeBytes: null,
    uploadMs: streamedUploadMs,
  };
  const job = newJob(announced, caller, ports.clock.now(), ports);
  await saveNewJob(job, ports);
  try {
    const body = atMost(ports.maxUploadBytes, file.body);
    await ports.objects.put('audio', job.audioKey, body, { contentType: job.contentType });
    return job;
  } catch (error) {
    await discardUpload(job, ports);
    throw error;
  }
}

/** The whole request has come: the job is queued, or fails at once when its file is empty. */
export async function acceptStoredUpload(job: JobRecord, ports: JobPorts): Promise<JobRecord> {
  try {
    const acceptance = await acceptUpload(job.jobId, ports);
    if (acceptance.kind === 'unknown') throw new Refused('job.unknown');
    return acceptance.job;
  } catch (error) {
    if (error instanceof Refused) throw error;
    // File and record are safe, so the job will be done: the reconciler finds it within a minute.
    ports.onDelay(error);
    return job;
  }
}

/** Takes back a job whose upload broke off. What can't be removed now expires by itself, as no file was accepted. */
export async function discardUpload(
  job: Pick<JobRecord, 'jobId' | 'userId' | 'audioKey'>,
  ports: JobPorts,
): Promise<void> {
  const removed = await ports.jobs.remove(job.jobId, { status: 'PENDING_UPLOAD' }).catch(ports.onDelay);
  // S3 tells of a file as soon as it is whole, so the job may be on its way: then it is erased like any other.
  const rest =
    removed === false ? deleteJob(job.jobId, job, ports) : ports.objects.deletePrefix('audio', job.audioKey);
  await rest.catch(ports.onDelay);
}

async function* atMost(maxBytes: number, body: ByteStream): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Refused('upload.too_large');
    yield chunk;
  }
}

/** A name to show, whatever a client sent as one. It never becomes a path. */
function displayNameOf(fileName: string): string {
  return fileName.replace(/\p{Cc}/gu, ' ').slice(0, 255) || 'audio';
}
