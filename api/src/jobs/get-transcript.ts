import { Readable } from 'node:stream';
import {
  type ByteStream,
  isFinal,
  type JobRecord,
  type JobStatus,
  newestVersionOf,
  renderTranscript,
  ruleOf,
  Transcript,
  type TranscriptFormat,
  transcriptKeyOf,
  versionOfCorrection,
} from '@verbatim/domain';
import { Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';
import { transcriptSoFar } from './transcript-so-far.ts';

export interface ServedTranscript {
  contentType: string;
  sizeBytes: number;
  body: ByteStream;
}

interface AskedVersion {
  /** `original`, or `v1` and so on; the newest, where none is said. */
  version?: string | undefined;
  /** Of a job that has not ended: what is there so far, instead of saying that there is none yet. */
  partial?: boolean;
}

interface TranscriptOptions extends AskedVersion {
  /** vtt: each word with its own time. */
  words?: boolean;
}

/** The transcript of a job in one of its formats. @throws Refused when there is none (yet) */
export async function getTranscript(
  job: JobRecord,
  format: TranscriptFormat,
  ports: Pick<JobPorts, 'objects'>,
  { words = false, partial = false, version }: TranscriptOptions = {},
): Promise<ServedTranscript> {
  const render = (transcript: Transcript) => rendered(transcript, format, { words, title: job.fileName });
  if (partial && !isFinal(job.status)) return render(await transcriptSoFar(job, ports));

  const key = transcriptKeyOf(job, nameOfVersion(job, { version }), 'json');
  const stored = await ports.objects.get('transcripts', key);
  // As it is stored: a long one passes through without being held.
  if (format === 'json') return stored;
  return render(await parseTranscript(stored.body));
}

function rendered(
  transcript: Transcript,
  format: TranscriptFormat,
  options: { words: boolean; title: string },
): ServedTranscript {
  const { contentType, body } = renderTranscript(transcript, format, options);
  const bytes = Buffer.from(body);
  return { contentType, sizeBytes: bytes.byteLength, body: Readable.from([bytes]) };
}

/** What tells this transcript from every other of the job. @throws Refused when there is none (yet) */
export function nameOfVersion(job: JobRecord, { version, partial = false }: AskedVersion): string {
  if (partial && !isFinal(job.status)) {
    // Within a run chunks only ever become done, and what was heard in one stays.
    const done = Object.values(job.chunks).filter(({ state }) => state === 'done').length;
    return `r${job.run}-partial-${done}`;
  }
  const original = finishedResultOf(job).version;
  if (version === undefined) return newestVersionOf(job) ?? original;
  if (version === 'original') return original;
  if (job.corrections?.some((correction) => versionOfCorrection(correction) === version)) return version;
  throw new Refused('transcript.unknown_version');
}

/** The whole text of the newest version, without times. @throws Refused when there is none (yet) */
export async function getTranscriptText(job: JobRecord, ports: Pick<JobPorts, 'objects'>): Promise<string> {
  return (await readTranscript(job, nameOfVersion(job, {}), ports)).text;
}

/** One version of a job that is COMPLETED, by its name. */
export async function readTranscript(
  job: JobRecord,
  name: string,
  { objects }: Pick<JobPorts, 'objects'>,
): Promise<Transcript> {
  return parseTranscript((await objects.get('transcripts', transcriptKeyOf(job, name, 'json'))).body);
}

async function parseTranscript(body: ByteStream): Promise<Transcript> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Transcript.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

/** What a job that is COMPLETED made; says why there is nothing otherwise. @throws Refused */
export function finishedResultOf(job: JobRecord): NonNullable<JobRecord['result']> {
  if (job.transcriptRemovedAt !== null) throw new Refused('transcript.removed');
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
