import { IdempotencyKeys, type KeyBinding, keyKeptMs, StorageUnavailable } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

export class SqliteIdempotencyKeys extends IdempotencyKeys {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    super();
    this.#db = db;
    this.#statements = {
      read: db.prepare(
        'SELECT job_id, fingerprint, bound_at FROM idempotency_keys WHERE user_id = ? AND key_hash = ? AND bound_at > ?',
      ),
      save: db.prepare('INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)'),
      tidy: db.prepare('DELETE FROM idempotency_keys WHERE bound_at <= ?'),
    };
  }

  async bind(userId: string, keyHash: string, binding: KeyBinding): Promise<KeyBinding> {
    const { jobId, fingerprint, boundAt } = binding;
    const freedUntil = boundAt - keyKeptMs;
    const bindUnlessBound = (): KeyBinding => {
      const row = this.#statements.read.get(userId, keyHash, freedUntil);
      if (row) return bindingOf(row);
      this.#statements.tidy.run(freedUntil);
      this.#statements.save.run(userId, keyHash, jobId, fingerprint, boundAt);
      return binding;
    };
    return orUnavailable(StorageUnavailable, 'the idempotency keys', () => this.#db.write(bindUnlessBound));
  }
}

function bindingOf(row: Record<string, unknown>): KeyBinding {
  return {
    jobId: String(row['job_id']),
    fingerprint: String(row['fingerprint']),
    boundAt: Number(row['bound_at']),
  };
}
