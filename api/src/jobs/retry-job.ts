import { type JobRecord, newRun, sendJob, sendSoon } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import type { JobPorts } from './job-ports.ts';

/** A failed job starts afresh, with all its attempts. */
export async function retryJob(jobId: string, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  const job = await getJob(jobId, caller, ports);
  if (job.status !== 'FAILED') throw new Refused('job.not_failed');
  // Refused at its acceptance (empty, too large): there are no bytes that a worker could try.
  if (job.audioEtag === null) throw new Refused('job.not_retryable');
  if (job.audioRemovedAt !== null) throw new Refused('audio.removed');

  const saved = await ports.jobs.change(jobId, newRun(job, 'user', ports.clock.now(), ports.times));
  if (!saved) return retryJob(jobId, caller, ports);
  await sendSoon(sendJob(saved, ports.queue), ports.onDelay);
  return saved;
}
