import { type JobRecord, newRun, sendJob, sendSoon } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { admitJob } from '../quotas/admit-job.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import type { JobPorts } from './job-ports.ts';

/** A failed job starts afresh, with all its attempts. */
export async function retryJob(jobId: string, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  const job = await getJob(jobId, caller, ports);
  // It moved on meanwhile: decided anew from where it is now.
  return (await startAfresh(job, 'user', ports)) ?? retryJob(jobId, caller, ports);
}

/** Null when the job has moved on since it was read. @throws Refused */
export async function startAfresh(
  job: JobRecord,
  wantedBy: 'user' | 'operator',
  ports: JobPorts,
): Promise<JobRecord | null> {
  if (job.status !== 'FAILED') throw new Refused('job.not_failed');
  // Refused at its acceptance (empty, too large): there are no bytes that a worker could try.
  if (job.audioEtag === null) throw new Refused('job.not_retryable');
  if (job.audioRemovedAt !== null) throw new Refused('audio.removed');

  // An operator's replay is no wish of the user's.
  if (wantedBy === 'user') await admitJob(job.userId, job.jobId, ports);
  const saved = await ports.jobs.change(job.jobId, newRun(job, wantedBy, ports.clock.now(), ports.times));
  if (saved) await sendSoon(sendJob(saved, ports.queue), ports.onDelay);
  return saved;
}
