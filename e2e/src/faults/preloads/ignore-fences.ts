/**
 * Loaded before a worker by a test alone: the table takes every change, whoever has the job by now, and the worker
 * believes of its jobs what it wrote itself. The checker has to see what comes of it. No setting of the programs can do
 * this.
 */
const path = new URL('../../../../adapters/dist/local/sqlite-job-store.js', import.meta.url).href;
const { SqliteJobStore } = (await import(path)) as { SqliteJobStore: { prototype: Store } };

interface Job {
  jobId: string;
  status: string;
}
interface Store {
  get(jobId: string): Promise<Job | null>;
  change(
    jobId: string,
    change: { expect: object; set: { status?: string; chunks?: object } },
  ): Promise<Job | null>;
}

const { get, change } = SqliteJobStore.prototype;
/** As they were when this worker claimed them. */
const claimed = new Map<string, Job>();

SqliteJobStore.prototype.change = async function (jobId, asked) {
  const changed = await change.call(this, jobId, { ...asked, expect: {} });
  if (asked.set.status === 'PROCESSING' && changed) claimed.set(jobId, changed);
  else if (asked.set.status ?? asked.set.chunks) claimed.delete(jobId);
  return changed;
};

SqliteJobStore.prototype.get = async function (jobId) {
  return claimed.get(jobId) ?? get.call(this, jobId);
};

export {};
