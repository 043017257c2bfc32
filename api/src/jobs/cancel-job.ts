import { canceled, isFinal, type JobRecord } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import type { JobPorts } from './job-ports.ts';

/** Ends the job; a worker that has it sees so within 2 s. Cancelling again is fine. */
export async function cancelJob(
  jobId: string,
  caller: Caller,
  ports: Pick<JobPorts, 'jobs' | 'clock' | 'times'>,
): Promise<JobRecord> {
  const job = await getJob(jobId, caller, ports);
  if (job.status === 'CANCELED') return job;
  if (isFinal(job.status)) throw new Refused('job.already_finished');

  const saved = await ports.jobs.change(jobId, canceled(job, ports.clock.now(), ports.times));
  // It moved on meanwhile: decided anew from where it is now.
  return saved ?? cancelJob(jobId, caller, ports);
}
