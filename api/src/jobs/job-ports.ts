import type {
  AcceptPorts,
  Clock,
  IdempotencyKeys,
  JobStore,
  JobTimes,
  ObjectStore,
  WorkQueue,
} from '@verbatim/domain';
import type { QuotaPorts } from '../quotas/admit-job.ts';
import type { AudioBudget } from '../quotas/audio-budget.ts';
import type { OpenJobLimit } from '../quotas/open-job-limit.ts';

/** What the use cases on jobs work with. A class, so that it is type and Nest token in one. */
export abstract class JobPorts implements AcceptPorts, QuotaPorts {
  abstract readonly jobs: JobStore;
  abstract readonly idempotencyKeys: IdempotencyKeys;
  abstract readonly objects: ObjectStore;
  abstract readonly queue: WorkQueue;
  abstract readonly clock: Clock;
  abstract readonly times: JobTimes;
  abstract readonly openJobLimit: OpenJobLimit;
  abstract readonly audioBudget: AudioBudget;
  abstract readonly maxUploadBytes: number;
  /** The size of the parts of an upload in parts. */
  abstract readonly uploadPartBytes: number;
  /** Who is told when a user has no address of their own; null: nobody. */
  abstract readonly defaultNotifyTo: string | null;
  /** Something that is owed could not be done at once; the reconciler does it later. */
  abstract readonly onDelay: (error: unknown) => void;
}
