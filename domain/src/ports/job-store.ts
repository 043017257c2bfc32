import type { ChunkRecord } from '../job/chunk-record.ts';
import type { JobRecord } from '../job/job-record.ts';
import type { JobStatus } from '../job/job-status.ts';
import type { EpochMs } from './clock.ts';

/**
 * One conditional write. It is saved only while every field in `expect` still has that value (by value, objects too);
 * `set` replaces whole fields and leaves the others alone, those that this version does not know included.
 */
export interface JobChange {
  expect: Partial<JobRecord>;
  set: Partial<JobRecord>;
  /** The same for one of the chunks that the record holds; the others are left alone. */
  chunk?: { index: number; expect: Partial<ChunkRecord>; set: Partial<ChunkRecord> };
}

export interface JobPage {
  items: JobRecord[];
  /** How many on this page only a newer version can read. */
  leftOut: number;
  /** Absent on the last page. Opaque. */
  nextCursor: string | null;
}

export interface JobQuery {
  limit: number;
  /** Of a page of the same user, status and range. */
  cursor?: string;
  status?: JobStatus;
  /** Only those that were created at this time or later. */
  from?: EpochMs;
  /** Only those that were created earlier than this. */
  to?: EpochMs;
}

export interface DeadLetterQuery {
  limit: number;
  cursor?: string;
  /** Only those that were given up for this reason. */
  reason?: string;
  /** Only those that were given up earlier than this. */
  before?: EpochMs;
}

/** The table of jobs: it alone decides. Adapters: DynamoDB, SQLite, in memory. All methods @throws StorageUnavailable. */
export abstract class JobStore {
  /** False, and nothing written, when the id is taken. */
  abstract create(job: JobRecord): Promise<boolean>;

  /** The newest state, never a stale copy. @throws RecordFromNewerVersion */
  abstract get(jobId: string): Promise<JobRecord | null>;

  /**
   * The record as it is after the change, or null when `expect` no longer held (or there is no record).
   * @throws RecordFromNewerVersion
   */
  abstract change(jobId: string, change: JobChange): Promise<JobRecord | null>;

  /** Removes the record while `expect` holds; true when it is gone, also when it was gone before. */
  abstract remove(jobId: string, expect: Partial<JobRecord>): Promise<boolean>;

  /** A user's jobs, newest first, without those being erased. @throws BadCursor */
  abstract listByUser(userId: string, query: JobQuery): Promise<JobPage>;

  /**
   * All users' dead letters, given up last first. A hint like `due`: it may lag, so read again before acting.
   * @throws BadCursor
   */
  abstract listDeadLetters(query: DeadLetterQuery): Promise<JobPage>;

  /** How many such dead letters there are; as far as `listDeadLetters` knows of them. */
  abstract countDeadLetters(query: Pick<DeadLetterQuery, 'reason' | 'before'>): Promise<number>;

  /**
   * Records whose `dueAt` has come, oldest first. A hint: it may lag, so read again before acting. A record that only a
   * newer version can read is left out: it must not keep us from the others.
   */
  abstract due(now: EpochMs, limit: number): Promise<JobRecord[]>;

  /**
   * All records in pages, in no order that means anything, those being erased included. Reads the whole table: for walks
   * in the background that are in no hurry. A record that only a newer version can read is left out.
   */
  abstract walk(query: Pick<JobQuery, 'limit' | 'cursor'>): Promise<JobPage>;

  /** Resolves when the table answers. */
  abstract ping(): Promise<void>;
}
