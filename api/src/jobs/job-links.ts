import { type Job, type JobRecord, toJob } from '@verbatim/domain';

/** The job as it leaves, with the addresses to read on at. */
export function jobWithLinks(job: JobRecord, publicUrl: string): Job {
  const self = `${publicUrl}/v1/jobs/${job.jobId}`;
  return toJob(job, { self, transcript: job.status === 'COMPLETED' ? `${self}/transcript` : null });
}
