import { type AnnouncedJob, createdJob, type EpochMs, type JobRecord } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from './job-ports.ts';

/** A job of this caller, who is told at the address of the key, else at everybody's. Not saved yet. */
export function newJob(
  announced: Omit<AnnouncedJob, 'userId' | 'notifyTo'>,
  { userId, email }: Caller,
  now: EpochMs,
  { times, defaultNotifyTo }: Pick<JobPorts, 'times' | 'defaultNotifyTo'>,
): JobRecord {
  return createdJob({ ...announced, userId, notifyTo: email ?? defaultNotifyTo }, now, times);
}
