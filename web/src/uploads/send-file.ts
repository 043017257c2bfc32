import type { Job } from '../server/follow-job.ts';
import { answerOf, server } from '../server/server-client.ts';
import { contentTypeOf } from './check-file.ts';
import { sendBytes } from './send-bytes.ts';
import type { UploadOptions } from './upload-options.ts';

export interface Sending {
  signal: AbortSignal;
  onJob(job: Job): void;
  onProgress(sentBytes: number): void;
}

/**
 * One file, from announcing it to its job being queued: the job is created, the bytes go straight to storage, and the
 * server is told. `key` makes one job of any number of tries. @throws ServerProblem
 */
export async function sendFile(
  file: File,
  options: UploadOptions,
  key: string,
  { signal, onJob, onProgress }: Sending,
): Promise<Job> {
  const contentType = contentTypeOf(file) ?? file.type;
  const { job, upload } = await answerOf(
    server.POST('/v1/jobs', {
      body: { fileName: file.name, contentType, sizeBytes: file.size, ...options },
      headers: { 'Idempotency-Key': key },
      signal,
    }),
  );
  onJob(job);
  // An earlier try got the file through.
  if (upload === null) return job;
  if (upload.method !== 'POST') throw new Error(`a form was asked for, not ${upload.method}`);

  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file);
  const sending = { method: 'POST', url: upload.url, headers: {}, body: form } as const;
  await sendBytes(sending, { signal, onProgress: (sent) => onProgress(Math.min(sent, file.size)) });
  return answerOf(
    server.POST('/v1/jobs/{jobId}/uploaded', { params: { path: { jobId: job.jobId } }, signal }),
  );
}
