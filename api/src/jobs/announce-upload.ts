import { acceptUpload, type JobRecord } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import { Refused } from '../refused.ts';
import { getJob } from './get-job.ts';
import type { JobPorts } from './job-ports.ts';

/** The client says that its file is uploaded. Saying so again, or after storage's own event, changes nothing. */
export async function announceUpload(jobId: string, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  await getJob(jobId, caller, ports);
  const acceptance = await acceptUpload(jobId, ports);
  if (acceptance.kind === 'unknown') throw new Refused('job.unknown');
  if (acceptance.kind === 'missing') throw new Refused('upload.missing');
  return acceptance.job;
}
