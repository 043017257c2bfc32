import { z } from 'zod';
import {
  grownHistory,
  type History,
  type HistoryEntry,
  type HistoryEvent,
  historyEvents,
} from './history-record.ts';
import type { JobRecord } from './job-record.ts';

/**
 * What happened to each job. A move and its entry are one conditional write on the status, run and fence that were read,
 * so entries are as serial as moves are: nothing can be lost, doubled or out of order. What always holds:
 * - `from` of an event of the job is `to` of the one before it;
 * - fences of `job.claimed` and `job.taken_over` strictly increase; those of chunks do for each run and chunk;
 * - within a run nothing leads out of COMPLETED, FAILED, CANCELED or EXPIRED, and one `job.completed` at most;
 * - a run higher than the one before it begins with `job.retried` or `job.replayed`, out of FAILED.
 *
 * Times are by the writers' clocks and may differ by those; the order is the true one. Entries of chunks are exact in a job
 * that was completed; one that was written in the moment in which the job was cancelled or failed may be missing.
 */

/** What an entry says that the record itself does not. */
export interface WhatHappened {
  event: HistoryEvent;
  at: number;
  code?: string;
  worker?: string;
  chunk?: number;
}

type Moved = Partial<Pick<JobRecord, 'status' | 'run' | 'fence' | 'failures' | 'interruptions' | 'chunks'>>;

/** The job's history with one entry more; with all that happened to its chunks, where `set` lets go of them. */
export function recorded(job: JobRecord, set: Moved, { event, at, ...facts }: WhatHappened): History {
  const { status, run, fence, failures, interruptions, chunks } = { ...job, ...set };
  const letsGo = Object.keys(chunks).length === 0;
  const before = letsGo ? wholeHistory(job) : job.history;
  const counts = { ...(failures > 0 && { failures }), ...(interruptions > 0 && { interruptions }) };
  return grownHistory(before, { at, event, from: job.status, to: status, run, fence, ...counts, ...facts });
}

/** The entries of the chunks follow those of their job: they all happened since it was cut. */
function wholeHistory(job: JobRecord): History {
  const chunks = Object.entries(job.chunks);
  const entries = chunks.flatMap(([index, { history }]) => {
    // By the chunk's own order, whatever the clocks of its workers said.
    let latest = 0;
    return history.items.map((entry) => {
      latest = Math.max(latest, entry.at);
      return { latest, entry: { ...entry, run: job.run, chunk: Number(index) } as HistoryEntry };
    });
  });
  const inOrder = entries.sort((a, b) => a.latest - b.latest).map(({ entry }) => entry);
  const { items, dropped } = grownHistory(job.history, ...inOrder);
  return { items, dropped: chunks.reduce((sum, [, { history }]) => sum + history.dropped, dropped) };
}

const HistoryItem = z.object({
  at: z.iso.datetime().describe('By the clock of whoever wrote it; the order of the list is the true one.'),
  event: z.string().describe(`One of: ${historyEvents.join(', ')}. Later versions may add others.`),
  run: z.number().int().describe('1, and one more with every retry or replay.'),
  fence: z
    .number()
    .int()
    .describe('How often the job was claimed so far; for an event named chunk.… how often this chunk was.'),
  from: z
    .string()
    .nullable()
    .describe('The status before. Null for the creation, and for events of a chunk.'),
  to: z.string().nullable().describe('The status after. Null for events of a chunk.'),
  failures: z.number().int().describe('Counted so far in this run.'),
  interruptions: z.number().int().describe('Counted so far in this run.'),
  chunk: z.number().int().nullable().describe('Which piece of a long recording, counted from 0.'),
  code: z.string().nullable().describe('Why it failed: one of the failure codes.'),
  worker: z.string().nullable().describe('Which worker claimed it.'),
});

/** What happened to a job, as its user sees it: no names, no text, no addresses. */
export const JobHistory = z
  .object({
    items: z.array(HistoryItem).describe('In the order in which it happened.'),
    dropped: z.number().int().describe('How many were left out of the middle, so that the list stays short.'),
  })
  .meta({ id: 'JobHistory' });
export type JobHistory = z.infer<typeof JobHistory>;

export function toJobHistory(job: JobRecord): JobHistory {
  const { items, dropped } = wholeHistory(job);
  return {
    items: items.map((entry) => ({
      at: new Date(entry.at).toISOString(),
      event: entry.event,
      run: entry.run ?? job.run,
      fence: entry.fence,
      from: entry.from ?? null,
      to: entry.to ?? null,
      failures: entry.failures ?? 0,
      interruptions: entry.interruptions ?? 0,
      chunk: entry.chunk ?? null,
      code: entry.code ?? null,
      worker: entry.worker ?? null,
    })),
    dropped,
  };
}
