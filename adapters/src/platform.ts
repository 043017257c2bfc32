import type {
  Clock,
  Counters,
  JobStore,
  ObjectStore,
  WorkerRegistry,
  WorkQueue,
} from '@verbatim/domain';
import type { PlatformSettings } from './platform-settings.ts';

/** The ports that all programs share, on one platform. */
export interface Platform {
  clock: Clock;
  counters: Counters;
  jobs: JobStore;
  objects: ObjectStore;
  queue: WorkQueue;
  workers: WorkerRegistry;
  close(): Promise<void>;
}

/** The only place that knows which platforms there are. */
export async function openPlatform(settings: PlatformSettings): Promise<Platform> {
  if (settings.PLATFORM === 'aws') return (await import('./aws/open-aws.ts')).openAws(settings);
  return (await import('./local/open-local.ts')).openLocal(settings);
}
