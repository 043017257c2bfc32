import { type Clock, type Count, Counters, type CountResult, StorageUnavailable } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

/** A window begins with the first count in it. */
export class SqliteCounters extends Counters {
  readonly #db: LocalDatabase;
  readonly #clock: Clock;
  readonly #statements;

  constructor(db: LocalDatabase, clock: Clock) {
    super();
    this.#db = db;
    this.#clock = clock;
    this.#statements = {
      read: db.prepare('SELECT count, resets_at FROM counters WHERE key = ? AND resets_at > ?'),
      save: db.prepare('INSERT OR REPLACE INTO counters (key, count, resets_at) VALUES (?, ?, ?)'),
      tidy: db.prepare('DELETE FROM counters WHERE resets_at <= ?'),
    };
  }

  async addIfBelow(key: string, amount: number, limit: number, windowSeconds: number): Promise<CountResult> {
    const add = (): CountResult => {
      const now = this.#clock.now();
      const row = this.#statements.read.get(key, now);
      const before = row ? Number(row['count']) : 0;
      const resetsAt = row ? Number(row['resets_at']) : now + windowSeconds * 1_000;
      if (before + amount > limit) return { allowed: false, count: before, resetsAt };
      // A new window is when the old ones go, so that the table holds no more than the windows that are open.
      if (!row) this.#statements.tidy.run(now);
      this.#statements.save.run(key, before + amount, resetsAt);
      return { allowed: true, count: before + amount, resetsAt };
    };
    return orUnavailable(StorageUnavailable, 'the counters', () => this.#db.write(add));
  }

  async read(key: string, windowSeconds: number): Promise<Count> {
    const now = this.#clock.now();
    const row = orUnavailable(StorageUnavailable, 'the counters', () => this.#statements.read.get(key, now));
    return row
      ? { count: Number(row['count']), resetsAt: Number(row['resets_at']) }
      : { count: 0, resetsAt: now + windowSeconds * 1_000 };
  }
}
