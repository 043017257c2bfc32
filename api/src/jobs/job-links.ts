import { publicUrlOf } from '@verbatim/adapters';
import { type Job, type JobRecord, toJob } from '@verbatim/domain';
import type { ApiConfig } from '../config.ts';

/** The job as it leaves, with the addresses to read on at. */
export function jobWithLinks(job: JobRecord, config: Pick<ApiConfig, 'PUBLIC_URL' | 'PORT'>): Job {
  const self = `${publicUrlOf(config)}/v1/jobs/${job.jobId}`;
  return toJob(job, { self, transcript: job.status === 'COMPLETED' ? `${self}/transcript` : null });
}
