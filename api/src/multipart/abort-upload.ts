import type { Caller } from '../auth/caller.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { assertOpen, jobInParts } from './open-upload.ts';

/** Gives the upload up: its job is cancelled, and what has arrived is removed. Doing it again is fine. @throws Refused */
export async function abortUpload(jobId: string, caller: Caller, ports: JobPorts): Promise<void> {
  const job = await jobInParts(jobId, caller, ports);
  if (job.status !== 'CANCELED') assertOpen(job);
  const { audioEtag } = await cancelJob(jobId, caller, ports);
  // The reconciler does it again: a part may be on its way.
  if (audioEtag === null) await ports.objects.deletePrefix('audio', job.audioKey).catch(ports.onDelay);
}
