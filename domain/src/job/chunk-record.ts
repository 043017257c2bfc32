import { z } from 'zod';
import { History, noHistory } from './history-record.ts';
import { Lease } from './lease.ts';

const EpochMs = z.number().int();

/**
 * One slice of a long recording, in the record of its job. The slices are cut once and never change; any worker may take
 * any of them. How the fields move together: `chunk-changes.ts`.
 */
export const ChunkRecord = z.object({
  startSeconds: z.number(),
  durationSeconds: z.number(),
  /** Which channel of the recording it is, from 0, where each is a speaker; null: all of them mixed. */
  channel: z.number().int().nullable(),
  state: z.enum(['waiting', 'working', 'done']),
  /** +1 at every claim of this chunk. */
  fence: z.number().int(),
  failures: z.number().int(),
  interruptions: z.number().int(),
  lease: Lease.nullable(),
  /** When it may be tried again after a failure; null: now. */
  retryAt: EpochMs.nullable(),
  audioSecondsDone: z.number(),
  /** Folded into the job's when it ends. */
  history: History.default(noHistory),
});
export type ChunkRecord = z.infer<typeof ChunkRecord>;

export function newChunk(
  slice: Pick<ChunkRecord, 'startSeconds' | 'durationSeconds' | 'channel'>,
): ChunkRecord {
  return {
    ...slice,
    state: 'waiting',
    fence: 0,
    failures: 0,
    interruptions: 0,
    lease: null,
    retryAt: null,
    audioSecondsDone: 0,
    history: noHistory,
  };
}
