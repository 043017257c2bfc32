import { z } from 'zod';

/** What happens to a job, and to the chunks of one that was cut; in the words of the logs. */
export const historyEvents = [
  'job.created',
  'job.upload_accepted',
  'job.claimed',
  'job.taken_over',
  'job.cut',
  'job.attempt_failed',
  'job.interrupted',
  'job.completed',
  'job.given_up',
  'job.canceled',
  'job.expired',
  'job.retried',
  'job.replayed',
  'chunk.claimed',
  'chunk.taken_over',
  'chunk.attempt_failed',
  'chunk.interrupted',
  'chunk.completed',
] as const;
export type HistoryEvent = (typeof historyEvents)[number];

/**
 * One thing that happened, as it is stored: small, since every write of a record costs by its size. Words are plain
 * strings and unknown fields stay: an older version carries along what a newer one wrote.
 */
const HistoryEntry = z.looseObject({
  /** Milliseconds since 1970, by the clock of whoever wrote it. */
  at: z.number().int(),
  event: z.string(),
  /** The job's, after it. Not kept inside a chunk, which lives in one run only. */
  run: z.number().int().optional(),
  /** The job's after it; of the chunk, where the event is one of a chunk. */
  fence: z.number().int(),
  /** The status that the writer had read, and the one that it wrote; of events of the job only. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Counted so far in this run, of the job or the chunk; absent: none. */
  failures: z.number().int().optional(),
  interruptions: z.number().int().optional(),
  /** Which one: of events of a chunk, and where one of them made the job fail. */
  chunk: z.number().int().optional(),
  /** Why it failed. */
  code: z.string().optional(),
  /** Who claimed it. */
  worker: z.string().optional(),
});
type StoredEntry = z.infer<typeof HistoryEntry>;
/** With the names that this version writes. */
export type HistoryEntry = StoredEntry & { event: HistoryEvent };

export const History = z.object({
  /** In the order in which they were written. */
  items: z.array(HistoryEntry),
  /** How many were left out of the middle. */
  dropped: z.number().int(),
});
export type History = z.infer<typeof History>;

export const noHistory = { items: [], dropped: 0 } satisfies History;

/** The first ones tell how it began, the last ones how it stands. */
const kept = {
  job: { first: 10, last: 40 },
  /** Folded into their job's when it ends. */
  chunks: { first: 10, last: 90 },
  /** Within one chunk: it is written again with every beat. */
  chunk: { first: 2, last: 6 },
};

/** A job's history, grown by what happened. Its own events and those of its chunks are bounded apart. */
export function grownHistory(history: History, ...entries: HistoryEntry[]): History {
  const items = [...history.items, ...entries];
  const left = new Set([
    ...bothEnds(items.filter(isOfChunk), kept.chunks),
    ...bothEnds(
      items.filter((entry) => !isOfChunk(entry)),
      kept.job,
    ),
  ]);
  return {
    items: items.filter((entry) => left.has(entry)),
    dropped: history.dropped + items.length - left.size,
  };
}

export function grownChunkHistory(history: History, entry: HistoryEntry): History {
  const items = [...history.items, entry];
  const left = bothEnds(items, kept.chunk);
  return { items: left, dropped: history.dropped + items.length - left.length };
}

function isOfChunk({ event }: StoredEntry): boolean {
  return event.startsWith('chunk.');
}

function bothEnds<T>(items: T[], { first, last }: { first: number; last: number }): T[] {
  return items.length <= first + last ? items : [...items.slice(0, first), ...items.slice(-last)];
}
