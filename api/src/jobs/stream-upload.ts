import {
  acceptObject,
  audioTypeOf,
  type ByteStream,
  type JobRecord,
  ObjectExists,
  ObjectMissing,
  type TranscriptionOptions,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { saveNewJob } from './create-job.ts';
import { deleteJob } from './delete-job.ts';
import { HashedBody } from './hashed-body.ts';
import type { JobPorts } from './job-ports.ts';
import { nameJob, waitAnew } from './name-job.ts';
import { newJob } from './new-job.ts';

export interface IncomingFile {
  fileName: string;
  contentType: string;
  options: TranscriptionOptions;
  idempotencyKey: string | null;
  body: ByteStream;
}

/** The longest that a file may take through us, in milliseconds. Whoever is slower uploads straight to storage. */
export const streamedUploadMs = 2 * 60 * 60_000;

/**
 * A file that comes through this program instead of going straight to storage: the job is made when the file begins, and
 * the bytes pass on as they come. What breaks off leaves nothing behind; with an Idempotency-Key it leaves the job, which
 * waits for its client to begin again.
 */
export async function storeUpload(file: IncomingFile, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  const type = audioTypeOf(file.contentType, file.fileName);
  if (!type) throw new Refused('upload.wrong_type');

  const { idempotencyKey, options } = file;
  const uploadMs = streamedUploadMs;
  const announced = { ...type, fileName: displayNameOf(file.fileName), options, sizeBytes: null, uploadMs };
  const { jobId, made } = await nameJob({ idempotencyKey, asks: announced }, caller, ports);
  const job = made
    ? await waitAnew(made, uploadMs, ports)
    : await saveNewJob(newJob({ ...announced, jobId }, caller, ports.clock.now(), ports), ports);

  const body = atMost(ports.maxUploadBytes, file.body);
  return idempotencyKey === null ? storeOnce(job, body, ports) : storeAgain(job, new HashedBody(body), ports);
}

async function storeOnce(job: JobRecord, body: ByteStream, ports: JobPorts): Promise<JobRecord> {
  try {
    await ports.objects.put('audio', job.audioKey, body, { contentType: job.contentType });
    return job;
  } catch (error) {
    await discardUpload(job, ports);
    throw error;
  }
}

/**
 * What came under this key may come for the first time, again after it broke off, beside another try that still runs, or
 * again after it was stored: the first that comes whole is kept, and of all others the bytes only have to be the same.
 */
async function storeAgain(job: JobRecord, body: HashedBody, ports: JobPorts): Promise<JobRecord> {
  const { objects } = ports;
  if (job.status === 'PENDING_UPLOAD' && !(await objects.head('audio', job.audioKey))) {
    const options = { contentType: job.contentType, ifAbsent: true };
    try {
      await objects.put('audio', job.audioKey, body.bytes(), options);
      return job;
    } catch (error) {
      if (error instanceof Refused) await ports.jobs.remove(job.jobId, { status: 'PENDING_UPLOAD' });
      if (!(error instanceof ObjectExists)) throw error;
    }
  }
  const sent = await body.digest();
  const stored = await digestOfAudio(job, ports);
  if (stored !== null && stored !== sent) throw new Refused('idempotency.other_request');
  return job;
}

/** Null when the recording is not kept any more: then nobody can tell what it was. */
async function digestOfAudio(job: JobRecord, { objects }: JobPorts): Promise<string | null> {
  try {
    const { body } = await objects.get('audio', job.audioKey);
    return await new HashedBody(body).digest();
  } catch (error) {
    if (error instanceof ObjectMissing) return null;
    throw error;
  }
}

/** The whole request has come: the job is queued, or fails at once when its file is empty. */
export async function acceptStoredUpload(job: JobRecord, ports: JobPorts): Promise<JobRecord> {
  try {
    const acceptance = await acceptObject(job.audioKey, ports);
    if (acceptance.kind === 'unknown' || acceptance.kind === 'foreign') throw new Refused('job.unknown');
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
