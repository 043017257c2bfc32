import type { JobRecord } from '@verbatim/domain';

/** One way to tell people that a job has ended. So far: mail. */
export interface Channel {
  /** Part of the name of every delivery: keep it. */
  readonly name: string;

  /** Whether the job's user wants to be told this way. */
  wanted(job: JobRecord): boolean;

  /**
   * Tells them. `deliveryId` is the same when a delivery is repeated, and goes along so that its receiver can see that.
   * @throws MailRefused when trying again is no use; anything else means "later"
   */
  deliver(job: JobRecord, deliveryId: string): Promise<void>;
}
