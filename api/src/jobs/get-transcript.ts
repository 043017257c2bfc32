import { Readable } from 'node:stream';
import {
  type ByteStream,
  isFinal,
  type JobRecord,
  type JobStatus,
  renderTranscript,
  ruleOf,
  Transcript,
  type TranscriptFormat,
} from '@verbatim/domain';
import { Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';

export interface ServedTranscript {
  contentType: string;
  sizeBytes: number;
  body: ByteStream;
}

/** The transcript of a finished job in one of its formats. @throws Refused when there is none (yet) */
export async function getTranscript(
  job: JobRecord,
  format: TranscriptFormat,
  ports: Pick<JobPorts, 'objects'>,
  options: { words?: boolean } = {},
): Promise<ServedTranscript> {
  const { transcriptKey } = finishedResultOf(job);
  const stored = await ports.objects.get('transcripts', transcriptKey);
  // As it is stored: a long one passes through without being held.
  if (format === 'json') return stored;

  const { contentType, body } = renderTranscript(await parseTranscript(stored.body), format, {
    ...options,
    title: job.fileName,
  });
  const bytes = Buffer.from(body);
  return { contentType, sizeBytes: bytes.byteLength, body: Readable.from([bytes]) };
}

/** The whole text, without times. @throws Refused when there is none (yet) */
export async function getTranscriptText(job: JobRecord, ports: Pick<JobPorts, 'objects'>): Promise<string> {
  const { body } = await ports.objects.get('transcripts', finishedResultOf(job).transcriptKey);
  return (await parseTranscript(body)).text;
}

async function parseTranscript(body: ByteStream): Promise<Transcript> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Transcript.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

/** What a job that is COMPLETED made; says why there is nothing otherwise. @throws Refused */
export function finishedResultOf(job: JobRecord): NonNullable<JobRecord['result']> {
  if (job.status === 'COMPLETED' && job.result) return job.result;
  if (!isFinal(job.status)) {
    throw new Refused('job.not_finished', { retryAfterSeconds: secondsToAskAgain(job.status) });
  }
  if (job.errorCode) throw new Refused('job.failed', { detail: ruleOf(job.errorCode).message });
  throw new Refused('job.no_transcript');
}

function secondsToAskAgain(status: JobStatus): number {
  return status === 'PROCESSING' ? 2 : 5;
}
