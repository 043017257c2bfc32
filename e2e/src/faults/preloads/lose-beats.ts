/**
 * Loaded before a worker by a test alone (`--import lose-beats.ts?file=/tmp/x`): while `file` is there, no beat reaches the
 * table, as when the line to it is cut at the wrong moments. For the platform `local`.
 */
import { existsSync } from 'node:fs';

const path = new URL('../../../../adapters/dist/local/sqlite-job-store.js', import.meta.url).href;
const { SqliteJobStore } = (await import(path)) as { SqliteJobStore: { prototype: Store } };
const file = new URL(import.meta.url).searchParams.get('file') ?? '';

interface Store {
  change(jobId: string, change: Change): Promise<unknown>;
}

interface Change {
  set: { lease?: unknown; fence?: unknown };
  chunk?: { set: { lease?: unknown; state?: unknown } };
}

const change = SqliteJobStore.prototype.change;
SqliteJobStore.prototype.change = async function (jobId, asked) {
  const isBeat = asked.chunk
    ? Boolean(asked.chunk.set.lease) && asked.chunk.set.state === undefined
    : Boolean(asked.set.lease) && asked.set.fence === undefined;
  if (isBeat && existsSync(file)) throw new Error('the table does not answer');
  return change.call(this, jobId, asked);
};
