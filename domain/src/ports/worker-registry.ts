import type { EpochMs } from './clock.ts';

export interface WorkerRow {
  workerId: string;
  version: string;
  slots: number;
  busy: number;
  model: string;
  engine: string;
  /** Seconds of work for each second of audio, of late; null: nothing was heard yet. */
  realTimeFactor: number | null;
  startedAt: EpochMs;
  seenAt: EpochMs;
}

/** Who is at work: a row a worker, kept fresh by its heartbeat. Adapters: DynamoDB, SQLite, in memory. All methods @throws StorageUnavailable. */
export abstract class WorkerRegistry {
  abstract beat(row: WorkerRow): Promise<void>;
  abstract leave(workerId: string): Promise<void>;
  /** Workers seen since `since`. */
  abstract list(since: EpochMs): Promise<WorkerRow[]>;
}
