/**
 * Which jobs of each user count as open, for a limit on how many there may be. A job is noted before it is made, and the
 * note stays when it ends: it is taken out once its room is needed, so that the end of a job costs no write and a crash
 * leaves nothing wrong for good. Adapters: DynamoDB, SQLite, in memory. All methods @throws StorageUnavailable.
 */
export abstract class OpenJobs {
  /** Notes the job, unless `limit` others of the user are noted: then false. Noted before is fine. Atomic. */
  abstract add(userId: string, jobId: string, limit: number): Promise<boolean>;
  /** All that are noted, in no order. */
  abstract list(userId: string): Promise<string[]>;
  abstract remove(userId: string, jobIds: string[]): Promise<void>;
}
