import type { Job } from '../server/job.ts';
import { answerOf, server } from '../server/server-client.ts';
import { ServerProblem } from '../server/server-problem.ts';
import { contentTypeOf } from './check-file.ts';
import { sendBytes } from './send-bytes.ts';
import { sendInParts } from './send-in-parts.ts';
import type { UploadOptions } from './upload-options.ts';

export interface FileToSend {
  file: File;
  options: UploadOptions;
  /** The Idempotency-Key: one job, however often it is tried, also after a reload. */
  key: string;
  inParts: boolean;
}

export interface Sending {
  signal: AbortSignal;
  /** There is a job for it now. */
  onJob(job: Job): void;
  onProgress(sentBytes: number): void;
}

/**
 * One file, from announcing it to its job being queued: the job is created, or found again, the bytes that storage does
 * not have yet go straight there, and the server is told. @throws ServerProblem
 */
export async function sendFile(
  { file, options, key, inParts }: FileToSend,
  { signal, onJob, onProgress }: Sending,
): Promise<void> {
  const contentType = contentTypeOf(file) ?? file.type;
  const { job, upload } = await answerOf(
    server.POST('/v1/jobs', {
      body: {
        fileName: file.name,
        contentType,
        sizeBytes: file.size,
        ...(inParts ? { upload: 'multipart' } : {}),
        ...options,
      },
      headers: { 'Idempotency-Key': key },
      signal,
    }),
  );
  // An earlier try got the file through, or somebody ended its job.
  if (upload === null) return assertArrived(job);
  onJob(job);

  const path = { jobId: job.jobId };
  if (upload.method === 'multipart') {
    await sendInParts(file, { jobId: job.jobId, upload }, { signal, onProgress });
    await server.POST('/v1/jobs/{jobId}/upload/complete', { params: { path }, signal });
    return;
  }
  if (upload.method !== 'POST') throw new Error(`a form was asked for, not ${upload.method}`);
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file);
  const sending = { method: 'POST', url: upload.url, headers: {}, body: form } as const;
  await sendBytes(sending, { signal, onProgress: (sent) => onProgress(Math.min(sent, file.size)) });
  await server.POST('/v1/jobs/{jobId}/uploaded', { params: { path }, signal });
}

function assertArrived({ status }: Job): void {
  if (status !== 'CANCELED' && status !== 'EXPIRED') return;
  throw new ServerProblem({ code: 'upload.over', status: 410, message: 'This upload is over.' });
}
