import type { Clock, Counters, JobStore, ObjectStore, WorkerRegistry, WorkQueue } from '@verbatim/domain';

/** The ports that all programs share, on one platform. */
export interface Platform {
  clock: Clock;
  counters: Counters;
  jobs: JobStore;
  objects: ObjectStore;
  queue: WorkQueue;
  workers: WorkerRegistry;
  /** Where everything is kept on this machine's disk; null where that is nobody's worry here. */
  dataFolder: string | null;
  close(): Promise<void>;
}
