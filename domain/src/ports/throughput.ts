import type { EpochMs } from './clock.ts';

/** What was done within one hour, over all workers. */
export interface ThroughputHour {
  /** When the hour began, UTC. */
  hour: EpochMs;
  /** Jobs that came to COMPLETED. */
  completed: number;
  /** Jobs that were given up once they waited for a worker: by one, or because none stayed or came. */
  failed: number;
  /** Of the completed jobs: how long their recordings are, and how long they were worked on. */
  audioSeconds: number;
  processingSeconds: number;
}

export type ThroughputAmounts = Partial<Omit<ThroughputHour, 'hour'>>;

export const hourMs = 60 * 60_000;
/** Older hours are forgotten. */
export const throughputKeptMs = 31 * 24 * hourMs;

/**
 * Sums by the hour, for people to look at: added after a job's own write, so that a worker which dies in between leaves a
 * job out, and an answer that is lost may count one twice. Adapters: DynamoDB, SQLite, in memory. All methods @throws
 * StorageUnavailable.
 */
export abstract class Throughput {
  /** Adds to the hour that `at` lies in; atomic. */
  abstract add(at: EpochMs, amounts: ThroughputAmounts): Promise<void>;
  /** Hours in which anything was added, oldest first, from the one that `since` lies in. */
  abstract list(since: EpochMs): Promise<ThroughputHour[]>;
}

export function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / hourMs) * hourMs;
}
