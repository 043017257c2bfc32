import type {
  Clock,
  Counters,
  IdempotencyKeys,
  JobStore,
  ObjectStore,
  OpenJobs,
  Throughput,
  WorkerRegistry,
  WorkQueue,
} from '@verbatim/domain';

/** The ports that all programs share, on one platform. */
export interface Platform {
  clock: Clock;
  counters: Counters;
  idempotencyKeys: IdempotencyKeys;
  jobs: JobStore;
  objects: ObjectStore;
  openJobs: OpenJobs;
  queue: WorkQueue;
  throughput: Throughput;
  workers: WorkerRegistry;
  /** Where everything is kept on this machine's disk; null where that is nobody's worry here. */
  dataFolder: string | null;
  close(): Promise<void>;
}
