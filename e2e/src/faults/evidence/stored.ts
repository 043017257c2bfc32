import { type JobRecord as Job, JobRecord, JobStatus } from '@verbatim/domain';
import { z } from 'zod';

/** One thing that happened to a job, as its record tells. */
const Move = z.object({
  at: z.number(),
  event: z.string(),
  run: z.number().optional(),
  fence: z.number(),
  from: JobStatus.optional(),
  to: JobStatus.optional(),
  chunk: z.number().optional(),
  worker: z.string().optional(),
});
export type Move = z.infer<typeof Move>;

const claims = ['job.claimed', 'job.taken_over', 'chunk.claimed', 'chunk.taken_over'];

/** A worker takes the job, or one of its chunks: the next fence. */
export function isClaim({ event }: Move): boolean {
  return claims.includes(event);
}

export interface StoredJob {
  record: Job;
  history: Move[];
  /** Entries that were left out of the middle of a long history. */
  dropped: number;
}

export interface StoredObject {
  bucket: 'audio' | 'transcripts';
  key: string;
}

/** All that a platform holds. */
export interface Stored {
  jobs: StoredJob[];
  objects: StoredObject[];
  /** The text of a transcript, by the key of its json; only of those that a record names. */
  texts: Map<string, string | null>;
  /** Bodies of the messages that are still in a queue. */
  messages: string[];
  /** Files that belong to no object: what a crash may leave until it is swept up. */
  strayFiles: number;
}

/** The record as this version reads it, with its history, whatever version of Verbatim wrote it. */
export function storedJobOf(body: unknown): StoredJob {
  const { history } = z
    .looseObject({ history: z.object({ items: z.array(Move), dropped: z.number() }).optional() })
    .parse(body);
  return { record: JobRecord.parse(body), history: history?.items ?? [], dropped: history?.dropped ?? 0 };
}

export function textOfTranscript(json: string): string | null {
  return z.object({ text: z.string() }).safeParse(JSON.parse(json)).data?.text ?? null;
}
