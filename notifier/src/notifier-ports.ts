import type { Logger } from '@verbatim/adapters';
import type { Clock, JobStore, JobTimes, ObjectStore, Throughput, WorkQueue } from '@verbatim/domain';
import type { Channel } from './channels/channel.ts';
import type { NotifierMetrics } from './notifier-metrics.ts';

/** All that the notifier's flows need; wired in `main.ts`, faked in tests. */
export interface NotifierPorts {
  jobs: JobStore;
  objects: ObjectStore;
  queue: WorkQueue;
  throughput: Throughput;
  clock: Clock;
  channels: readonly Channel[];
  times: JobTimes;
  maxUploadBytes: number;
  log: Logger;
  metrics: NotifierMetrics;
}
