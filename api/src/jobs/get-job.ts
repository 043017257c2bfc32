import { isJobId, type JobRecord, type JobStore } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';

/** The caller's own job. Another's, a deleted one and one that never was look the same from outside. @throws Refused */
export async function getJob(
  jobId: string,
  caller: Pick<Caller, 'userId'>,
  ports: { jobs: JobStore },
): Promise<JobRecord> {
  const job = isJobId(jobId) ? await ports.jobs.get(jobId) : null;
  if (!job || job.erase || job.userId !== caller.userId) throw new Refused('job.unknown');
  return job;
}

/** The caller's own job, or any job for an operator: to see what happened to it, never what was said in it. @throws Refused */
export async function jobToLookInto(
  jobId: string,
  caller: Pick<Caller, 'userId' | 'operator'>,
  ports: { jobs: JobStore },
): Promise<JobRecord> {
  if (!caller.operator) return getJob(jobId, caller, ports);
  const job = isJobId(jobId) ? await ports.jobs.get(jobId) : null;
  if (!job || job.erase) throw new Refused('job.unknown');
  return job;
}
