import type { LogLine } from './log-lines.ts';

/** What became of one chunk of a job, as the workers' logs tell it. */
export interface ChunkHistory {
  chunk: number;
  /** Its fence: how often it was claimed, and with that how often it was heard or begun to be heard. */
  claims: number;
  /** When it was claimed, in milliseconds since 1970; a worker may be killed between its claim and its line. */
  claimedAt: number[];
  /** When it was done; null: nobody said so. */
  doneAt: number | null;
}

export function chunkHistories(lines: LogLine[]): ChunkHistory[] {
  const histories = new Map<number, ChunkHistory>();
  for (const { event, chunk, fence, time } of lines) {
    if (chunk === undefined) continue;
    const history = histories.get(chunk) ?? { chunk, claims: 0, claimedAt: [], doneAt: null };
    histories.set(chunk, history);
    if (event === 'chunk.claimed') {
      history.claims = Math.max(history.claims, fence ?? 0);
      history.claimedAt.push(time);
    }
    if (event === 'chunk.completed') history.doneAt ??= time;
  }
  return [...histories.values()].toSorted((a, b) => a.chunk - b.chunk);
}

/** The chunks of a job at the moment in which its worker was killed, and what was done with them from then on. */
export interface ChunksAcrossKill {
  /** Done by then. */
  done: number[];
  /** Begun by then, and not done. */
  begun: number[];
  /** Claimed from then on: what was left, and nothing else. */
  claimedAfter: number[];
  /** Done by then, and claimed again all the same: none. */
  doneTwice: number[];
}

export function chunksAcrossKill(histories: ChunkHistory[], killedAt: number): ChunksAcrossKill {
  const indexes = (of: (history: ChunkHistory) => boolean) => histories.filter(of).map(({ chunk }) => chunk);
  const isDone = ({ doneAt }: ChunkHistory) => doneAt !== null && doneAt <= killedAt;
  const isClaimedAfter = ({ claimedAt }: ChunkHistory) => claimedAt.some((time) => time > killedAt);
  return {
    done: indexes(isDone),
    begun: indexes((history) => !isDone(history) && history.claimedAt.some((time) => time <= killedAt)),
    claimedAfter: indexes(isClaimedAfter),
    doneTwice: indexes((history) => isDone(history) && isClaimedAfter(history)),
  };
}
