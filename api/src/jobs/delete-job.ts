import { erased, removeObjects } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { getJob } from './get-job.ts';
import type { JobPorts } from './job-ports.ts';

/**
 * Gone for every reader once this returns. The objects go at once too; the reconciler removes them a second time, after
 * the last moment at which a worker or an upload form could still write one, and then the record.
 */
export async function deleteJob(
  jobId: string,
  caller: Pick<Caller, 'userId'>,
  ports: JobPorts,
): Promise<void> {
  const job = await getJob(jobId, caller, ports);
  const saved = await ports.jobs.change(jobId, erased(job, ports.clock.now()));
  // Retried meanwhile, say: decided anew from where it is now.
  if (!saved) return deleteJob(jobId, caller, ports);
  await removeObjects(saved, ports.objects).catch(ports.onDelay);
}
