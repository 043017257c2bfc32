import type { EpochMs } from './clock.ts';

/** What a key stands for: the job that the first request with it made, or was about to make. */
export interface KeyBinding {
  jobId: string;
  /** Of what was asked for; another request under the same key has another one. */
  fingerprint: string;
  boundAt: EpochMs;
}

/** How long a key stays bound, in milliseconds. */
export const keyKeptMs = 24 * 60 * 60_000;

/**
 * The `Idempotency-Key`s that clients sent, so that a request that comes again finds what it made the first time.
 * Adapters: DynamoDB, SQLite, in memory.
 */
export abstract class IdempotencyKeys {
  /**
   * Binds this user's key, unless it was bound in the `keyKeptMs` before `binding.boundAt`. Answers with the binding that
   * holds: this one, or the one that was first; of many at once exactly one is. `keyHash`: keys themselves are not kept.
   * @throws StorageUnavailable
   */
  abstract bind(userId: string, keyHash: string, binding: KeyBinding): Promise<KeyBinding>;
}
