import { type EpochMs, StorageUnavailable, WorkerRegistry, type WorkerRow } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

export class SqliteWorkerRegistry extends WorkerRegistry {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    super();
    this.#db = db;
    this.#statements = {
      save: db.prepare('INSERT OR REPLACE INTO workers (worker_id, seen_at, body) VALUES (?, ?, ?)'),
      remove: db.prepare('DELETE FROM workers WHERE worker_id = ?'),
      list: db.prepare('SELECT body FROM workers WHERE seen_at >= ? ORDER BY worker_id'),
      tidy: db.prepare('DELETE FROM workers WHERE seen_at < ?'),
    };
  }

  async beat(row: WorkerRow): Promise<void> {
    this.#run(() =>
      this.#db.write(() => {
        this.#statements.save.run(row.workerId, row.seenAt, JSON.stringify(row));
        // Workers that were killed never leave by themselves.
        this.#statements.tidy.run(row.seenAt - 24 * 60 * 60_000);
      }),
    );
  }

  async leave(workerId: string): Promise<void> {
    this.#run(() => this.#db.write(() => this.#statements.remove.run(workerId)));
  }

  async list(since: EpochMs): Promise<WorkerRow[]> {
    return this.#run(() => this.#statements.list.all(since).map((row) => JSON.parse(String(row['body']))));
  }

  #run<T>(work: () => T): T {
    return orUnavailable(StorageUnavailable, 'the list of workers', work);
  }
}
