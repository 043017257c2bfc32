import type { EpochMs } from './clock.ts';

export interface CountResult {
  allowed: boolean;
  /** The count after this call; unchanged when it was not allowed. */
  count: number;
  /** When the window ends and the count starts again from 0. */
  resetsAt: EpochMs;
}

/** Counts shared by all instances, in fixed windows. Adapters: DynamoDB, SQLite, in memory. */
export abstract class Counters {
  /** Adds `amount` to `key` only if the sum stays at or below `limit` in the current window; atomic. @throws StorageUnavailable */
  abstract addIfBelow(
    key: string,
    amount: number,
    limit: number,
    windowSeconds: number,
  ): Promise<CountResult>;
}
