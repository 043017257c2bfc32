import type { EpochMs } from './clock.ts';

export interface Count {
  count: number;
  /** When the window ends and the count starts again from 0. */
  resetsAt: EpochMs;
}

/** The count as it is after the call; unchanged when it was not allowed. */
export interface CountResult extends Count {
  allowed: boolean;
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

  /** The current window of `key`, which may hold nothing yet. @throws StorageUnavailable */
  abstract read(key: string, windowSeconds: number): Promise<Count>;
}
