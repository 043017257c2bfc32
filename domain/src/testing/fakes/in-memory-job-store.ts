import { isDeepStrictEqual } from 'node:util';
import { BadCursor, StorageUnavailable } from '../../errors.ts';
import { JobRecord, readJobRecord } from '../../job/job-record.ts';
import type { EpochMs } from '../../ports/clock.ts';
import {
  type DeadLetterQuery,
  type JobChange,
  type JobPage,
  type JobQuery,
  JobStore,
} from '../../ports/job-store.ts';

export class InMemoryJobStore extends JobStore {
  /** As stored, with fields that this version may not know. */
  readonly records = new Map<string, Record<string, unknown>>();
  /** While true, every method throws StorageUnavailable. */
  down = false;

  async create(job: JobRecord): Promise<boolean> {
    this.#answer();
    if (this.records.has(job.jobId)) return false;
    this.records.set(job.jobId, structuredClone(job));
    return true;
  }

  async get(jobId: string): Promise<JobRecord | null> {
    this.#answer();
    const stored = this.records.get(jobId);
    return stored ? readJobRecord(structuredClone(stored)) : null;
  }

  async change(jobId: string, { expect, set, chunk }: JobChange): Promise<JobRecord | null> {
    this.#answer();
    const stored = this.records.get(jobId);
    if (!stored || !holds(stored, expect)) return null;
    const chunks = stored['chunks'] as Record<string, Record<string, unknown>> | undefined;
    const storedChunk = chunk && chunks?.[chunk.index];
    if (chunk && !(storedChunk && holds(storedChunk, chunk.expect))) return null;
    const changed = {
      ...stored,
      ...(chunk && {
        chunks: { ...chunks, [chunk.index]: { ...storedChunk, ...structuredClone(chunk.set) } },
      }),
      ...structuredClone(set),
    };
    this.records.set(jobId, changed);
    return readJobRecord(structuredClone(changed));
  }

  async remove(jobId: string, expect: Partial<JobRecord>): Promise<boolean> {
    this.#answer();
    const stored = this.records.get(jobId);
    if (stored && !holds(stored, expect)) return false;
    this.records.delete(jobId);
    return true;
  }

  async listByUser(userId: string, { limit, cursor, status, from, to }: JobQuery): Promise<JobPage> {
    this.#answer();
    const mine = [...this.records.values()].filter((stored) => stored['userId'] === userId);
    const whole = readable(mine);
    const jobs = whole
      .filter((job) => !job.erase && (!status || job.status === status))
      .filter(({ createdAt }) => createdAt >= (from ?? 0) && createdAt < (to ?? Infinity))
      .sort((a, b) => b.createdAt - a.createdAt || (a.jobId < b.jobId ? 1 : -1));
    const start = cursor === undefined ? 0 : jobs.findIndex((job) => isAfter(job, cursor));
    const rest = start === -1 ? [] : jobs.slice(start);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    const nextCursor = last && rest.length > limit ? `${last.createdAt} ${last.jobId}` : null;
    return { items, leftOut: status ? 0 : mine.length - whole.length, nextCursor };
  }

  async listDeadLetters({ limit, cursor, ...filter }: DeadLetterQuery): Promise<JobPage> {
    this.#answer();
    const letters = this.#deadLetters(filter);
    if (cursor !== undefined && !/^\d+ \S+$/.test(cursor)) throw new BadCursor('not a cursor of this store');
    const rest = letters.filter((job) => cursor === undefined || isBefore(placeOf(job), cursor));
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items, leftOut: 0, nextCursor: last && rest.length > limit ? placeOf(last) : null };
  }

  async countDeadLetters(filter: Pick<DeadLetterQuery, 'reason' | 'before'>): Promise<number> {
    this.#answer();
    return this.#deadLetters(filter).length;
  }

  async due(now: EpochMs, limit: number): Promise<JobRecord[]> {
    this.#answer();
    return readable([...this.records.values()])
      .filter((job) => job.dueAt !== null && job.dueAt <= now)
      .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
      .slice(0, limit);
  }

  async walk({ limit, cursor = '' }: Pick<JobQuery, 'limit' | 'cursor'>): Promise<JobPage> {
    this.#answer();
    const ids = [...this.records.keys()].sort().filter((jobId) => jobId > cursor);
    const page = ids.slice(0, limit).map((jobId) => structuredClone(this.records.get(jobId)));
    const items = page.flatMap((stored) => JobRecord.safeParse(stored).data ?? []);
    return {
      items,
      leftOut: page.length - items.length,
      nextCursor: ids.length > limit ? (ids[limit - 1] ?? null) : null,
    };
  }

  async ping(): Promise<void> {
    this.#answer();
  }

  #answer(): void {
    if (this.down) throw new StorageUnavailable('the job store in memory is down');
  }

  #deadLetters({ reason, before = Infinity }: Pick<DeadLetterQuery, 'reason' | 'before'>): JobRecord[] {
    return readable([...this.records.values()])
      .filter(({ deadLetter }) => deadLetter !== null && deadLetter.at < before)
      .filter(({ deadLetter }) => reason === undefined || deadLetter?.reason === reason)
      .sort((a, b) => (isBefore(placeOf(a), placeOf(b)) ? 1 : -1));
  }
}

function readable(records: Record<string, unknown>[]): JobRecord[] {
  return records.flatMap((stored) => JobRecord.safeParse(structuredClone(stored)).data ?? []);
}

function holds(stored: Record<string, unknown>, expect: object): boolean {
  return Object.entries(expect).every(([field, value]) => isDeepStrictEqual(stored[field] ?? null, value));
}

function isAfter(job: JobRecord, cursor: string): boolean {
  const [, createdAt, jobId] = /^(\d+) (\S+)$/.exec(cursor) ?? [];
  if (!createdAt || !jobId) throw new BadCursor('not a cursor of this store');
  return job.createdAt < Number(createdAt) || (job.createdAt === Number(createdAt) && job.jobId < jobId);
}

function placeOf({ deadLetter, jobId }: JobRecord): string {
  return `${deadLetter?.at} ${jobId}`;
}

function isBefore(place: string, other: string): boolean {
  const [at = '', jobId = ''] = place.split(' ');
  const [otherAt = '', otherId = ''] = other.split(' ');
  return Number(at) < Number(otherAt) || (at === otherAt && jobId < otherId);
}
