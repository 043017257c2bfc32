import { isDeepStrictEqual } from 'node:util';
import {
  BadCursor,
  type EpochMs,
  type JobChange,
  type JobPage,
  type JobQuery,
  JobRecord,
  JobStore,
  StorageUnavailable,
} from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { orUnavailable } from './storage-faults.ts';

type StoredJob = Record<string, unknown>;

/** Records are kept as JSON and read as JobRecord: fields of a newer version are invisible here and survive. */
export class SqliteJobStore extends JobStore {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    super();
    this.#db = db;
    this.#statements = {
      insert: db.prepare('INSERT INTO jobs (job_id, body) VALUES (?, ?) ON CONFLICT DO NOTHING'),
      read: db.prepare('SELECT body FROM jobs WHERE job_id = ?'),
      update: db.prepare('UPDATE jobs SET body = ? WHERE job_id = ?'),
      remove: db.prepare('DELETE FROM jobs WHERE job_id = ?'),
      due: db.prepare('SELECT body FROM jobs WHERE due_at <= ? ORDER BY due_at LIMIT ?'),
      walk: db.prepare('SELECT job_id, body FROM jobs WHERE job_id > ? ORDER BY job_id LIMIT ?'),
      ping: db.prepare('SELECT count(*) FROM (SELECT 1 FROM jobs LIMIT 1)'),
      list: db.prepare(listSql('')),
      listStatus: db.prepare(listSql('AND status = :status')),
    };
  }

  async create(job: JobRecord): Promise<boolean> {
    return this.#write(() => this.#statements.insert.run(job.jobId, JSON.stringify(job)).changes === 1);
  }

  async get(jobId: string): Promise<JobRecord | null> {
    return this.#run(() => {
      const stored = this.#read(jobId);
      return stored && JobRecord.parse(stored);
    });
  }

  async change(jobId: string, { expect, set, chunk }: JobChange): Promise<JobRecord | null> {
    return this.#write(() => {
      const stored = this.#read(jobId);
      if (!stored || !holds(stored, expect)) return null;
      const chunks = chunk && chunksWith(chunk, stored);
      if (chunk && !chunks) return null;
      const changed = { ...stored, ...(chunks && { chunks }), ...set };
      this.#statements.update.run(JSON.stringify(changed), jobId);
      return JobRecord.parse(changed);
    });
  }

  async remove(jobId: string, expect: Partial<JobRecord>): Promise<boolean> {
    return this.#write(() => {
      const stored = this.#read(jobId);
      if (stored && !holds(stored, expect)) return false;
      this.#statements.remove.run(jobId);
      return true;
    });
  }

  async listByUser(userId: string, { limit, cursor, status }: JobQuery): Promise<JobPage> {
    const after = cursor === undefined ? { createdAt: Number.MAX_SAFE_INTEGER, jobId: '' } : decode(cursor);
    // One more than asked for tells whether there is a next page.
    const page = {
      ':userId': userId,
      ':createdAt': after.createdAt,
      ':jobId': after.jobId,
      ':limit': limit + 1,
    };
    const { list, listStatus } = this.#statements;
    const rows = this.#run(() => (status ? listStatus.all({ ...page, ':status': status }) : list.all(page)));
    const items = rows.slice(0, limit).map(jobOf);
    const last = items.at(-1);
    return { items, nextCursor: last && rows.length > limit ? encode(last) : null };
  }

  async due(now: EpochMs, limit: number): Promise<JobRecord[]> {
    const rows = this.#run(() => this.#statements.due.all(now, limit));
    return rows.flatMap((row) => JobRecord.safeParse(storedJobOf(row)).data ?? []);
  }

  async walk({ limit, cursor = '' }: Pick<JobQuery, 'limit' | 'cursor'>): Promise<JobPage> {
    const rows = this.#run(() => this.#statements.walk.all(cursor, limit));
    const items = rows.flatMap((row) => JobRecord.safeParse(storedJobOf(row)).data ?? []);
    return { items, nextCursor: rows.length < limit ? null : String(rows.at(-1)?.['job_id']) };
  }

  async ping(): Promise<void> {
    this.#run(() => this.#statements.ping.get());
  }

  #read(jobId: string): StoredJob | null {
    const row = this.#statements.read.get(jobId);
    return row ? storedJobOf(row) : null;
  }

  #run<T>(work: () => T): T {
    return orUnavailable(StorageUnavailable, 'the table of jobs', work);
  }

  #write<T>(work: () => T): T {
    return this.#run(() => this.#db.write(work));
  }
}

function listSql(condition: string): string {
  return `SELECT body FROM jobs
    WHERE user_id = :userId AND erase_at IS NULL ${condition}
      AND (created_at, job_id) < (:createdAt, :jobId)
    ORDER BY created_at DESC, job_id DESC LIMIT :limit`;
}

function storedJobOf(row: Record<string, unknown>): StoredJob {
  return JSON.parse(String(row['body'])) as StoredJob;
}

function jobOf(row: Record<string, unknown>): JobRecord {
  return JobRecord.parse(storedJobOf(row));
}

/** Compared as this version reads it: what it does not see can't be a reason to refuse. */
function holds(stored: StoredJob, expect: Partial<JobRecord>): boolean {
  const job: StoredJob = JobRecord.parse(stored);
  return Object.entries(expect).every(([field, value]) => isDeepStrictEqual(job[field], value));
}

/** All chunks, one of them changed; null when that one is not as expected. */
function chunksWith(
  { index, expect, set }: NonNullable<JobChange['chunk']>,
  stored: StoredJob,
): StoredJob | null {
  const chunks = (stored['chunks'] ?? {}) as Record<string, StoredJob>;
  const chunk = chunks[index];
  const matches =
    chunk && Object.entries(expect).every(([field, value]) => isDeepStrictEqual(chunk[field], value));
  return matches ? { ...chunks, [index]: { ...chunk, ...set } } : null;
}

function encode(last: JobRecord): string {
  return Buffer.from(JSON.stringify([last.createdAt, last.jobId])).toString('base64url');
}

function decode(cursor: string): { createdAt: number; jobId: string } {
  try {
    const [createdAt, jobId, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Number.isSafeInteger(createdAt) && typeof jobId === 'string' && rest.length === 0) {
      return { createdAt, jobId };
    }
  } catch {
    // No JSON, or no list: not ours either.
  }
  throw new BadCursor('not a cursor of this list');
}
