import { OpenJobs, StorageUnavailable } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

/** A row for each job that is noted. */
export class SqliteOpenJobs extends OpenJobs {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    super();
    this.#db = db;
    this.#statements = {
      isNoted: db.prepare('SELECT 1 FROM open_jobs WHERE user_id = ? AND job_id = ?'),
      count: db.prepare('SELECT count(*) AS count FROM open_jobs WHERE user_id = ?'),
      add: db.prepare('INSERT INTO open_jobs (user_id, job_id) VALUES (?, ?)'),
      list: db.prepare('SELECT job_id FROM open_jobs WHERE user_id = ?'),
      remove: db.prepare('DELETE FROM open_jobs WHERE user_id = ? AND job_id = ?'),
    };
  }

  async add(userId: string, jobId: string, limit: number): Promise<boolean> {
    return this.#write(() => {
      const { isNoted, count, add } = this.#statements;
      if (isNoted.get(userId, jobId)) return true;
      if (Number(count.get(userId)?.['count']) >= limit) return false;
      add.run(userId, jobId);
      return true;
    });
  }

  async list(userId: string): Promise<string[]> {
    const rows = orUnavailable(StorageUnavailable, 'the open jobs', () => this.#statements.list.all(userId));
    return rows.map((row) => String(row['job_id']));
  }

  async remove(userId: string, jobIds: string[]): Promise<void> {
    this.#write(() => {
      for (const jobId of jobIds) this.#statements.remove.run(userId, jobId);
    });
  }

  #write<T>(work: () => T): T {
    return orUnavailable(StorageUnavailable, 'the open jobs', () => this.#db.write(work));
  }
}
