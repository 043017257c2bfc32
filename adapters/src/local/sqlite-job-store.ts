import { isDeepStrictEqual } from 'node:util';
import {
  BadCursor,
  type DeadLetterQuery,
  type EpochMs,
  type JobChange,
  type JobPage,
  type JobQuery,
  JobRecord,
  JobStore,
  readJobRecord,
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
      deadLetters: db.prepare(deadLettersSql),
      countDeadLetters: db.prepare(countDeadLettersSql),
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
      return stored && readJobRecord(stored);
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
      return readJobRecord(changed);
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

  async listByUser(userId: string, { limit, cursor, status, from, to }: JobQuery): Promise<JobPage> {
    const after = cursor === undefined ? { createdAt: Number.MAX_SAFE_INTEGER, jobId: '' } : decode(cursor);
    // One more than asked for tells whether there is a next page.
    const page = {
      ':userId': userId,
      ':createdAt': after.createdAt,
      ':jobId': after.jobId,
      ':from': from ?? 0,
      ':to': to ?? Number.MAX_SAFE_INTEGER,
      ':limit': limit + 1,
    };
    const { list, listStatus } = this.#statements;
    const rows = this.#run(() => (status ? listStatus.all({ ...page, ':status': status }) : list.all(page)));
    const last = rows.slice(0, limit).at(-1);
    const nextCursor = last && rows.length > limit ? encode(last['created_at'], last['job_id']) : null;
    return { ...readableOf(rows.slice(0, limit)), nextCursor };
  }

  async listDeadLetters({ limit, cursor, reason, before }: DeadLetterQuery): Promise<JobPage> {
    const after = cursor === undefined ? ([Number.MAX_SAFE_INTEGER, 0] as const) : decodePlace(cursor);
    const page = {
      ':at': after[0],
      ':row': after[1],
      ':before': before ?? Number.MAX_SAFE_INTEGER,
      ':reason': reason ?? null,
      ':limit': limit + 1,
    };
    const rows = this.#run(() => this.#statements.deadLetters.all(page));
    const last = rows.slice(0, limit).at(-1);
    const nextCursor = last && rows.length > limit ? encode(last['at'], last['row']) : null;
    return { ...readableOf(rows.slice(0, limit)), nextCursor };
  }

  async countDeadLetters({ reason, before }: Pick<DeadLetterQuery, 'reason' | 'before'>): Promise<number> {
    const terms = { ':before': before ?? Number.MAX_SAFE_INTEGER, ':reason': reason ?? null };
    return Number(this.#run(() => this.#statements.countDeadLetters.get(terms))?.['count']);
  }

  async due(now: EpochMs, limit: number): Promise<JobRecord[]> {
    const rows = this.#run(() => this.#statements.due.all(now, limit));
    return readableOf(rows).items;
  }

  async walk({ limit, cursor = '' }: Pick<JobQuery, 'limit' | 'cursor'>): Promise<JobPage> {
    const rows = this.#run(() => this.#statements.walk.all(cursor, limit));
    const nextCursor = rows.length < limit ? null : String(rows.at(-1)?.['job_id']);
    return { ...readableOf(rows), nextCursor };
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
  return `SELECT body, created_at, job_id FROM jobs
    WHERE user_id = :userId AND erase_at IS NULL ${condition}
      AND created_at >= :from AND created_at < :to AND (created_at, job_id) < (:createdAt, :jobId)
    ORDER BY created_at DESC, job_id DESC LIMIT :limit`;
}

function storedJobOf(row: Record<string, unknown>): StoredJob {
  return JSON.parse(String(row['body'])) as StoredJob;
}

function readableOf(rows: Record<string, unknown>[]): { items: JobRecord[]; leftOut: number } {
  const items = rows.flatMap((row) => JobRecord.safeParse(storedJobOf(row)).data ?? []);
  return { items, leftOut: rows.length - items.length };
}

/** Compared as this version reads it: what it does not see can't be a reason to refuse. */
function holds(stored: StoredJob, expect: Partial<JobRecord>): boolean {
  const job: StoredJob = readJobRecord(stored);
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

/** Within the same millisecond by row: the index has them in that order already. */
const deadLettersSql = `SELECT body, dead_letter_at AS at, rowid AS row FROM jobs
  WHERE dead_letter_at IS NOT NULL AND (dead_letter_at, rowid) < (:at, :row)
    AND dead_letter_at < :before AND (:reason IS NULL OR body ->> '$.deadLetter.reason' = :reason)
  ORDER BY dead_letter_at DESC, rowid DESC LIMIT :limit`;
const countDeadLettersSql = `SELECT count(*) AS count FROM jobs
  WHERE dead_letter_at IS NOT NULL AND dead_letter_at < :before
    AND (:reason IS NULL OR body ->> '$.deadLetter.reason' = :reason)`;

function encode(...place: unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decode(cursor: string): { createdAt: number; jobId: string } {
  const [createdAt, jobId, ...rest] = listIn(cursor);
  if (Number.isSafeInteger(createdAt) && typeof jobId === 'string' && rest.length === 0) {
    return { createdAt: createdAt as number, jobId };
  }
  throw new BadCursor('not a cursor of this list');
}

function decodePlace(cursor: string): readonly [at: number, row: number] {
  const [at, row, ...rest] = listIn(cursor);
  if (Number.isSafeInteger(at) && Number.isSafeInteger(row) && rest.length === 0) {
    return [at as number, row as number];
  }
  throw new BadCursor('not a cursor of this list');
}

function listIn(cursor: string): unknown[] {
  try {
    const list: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(list)) return list;
  } catch {
    // No JSON, or no list: not ours either.
  }
  throw new BadCursor('not a cursor of this list');
}
