import type { JobPage, JobQuery } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from './job-ports.ts';

/** The caller's jobs, newest first. @throws BadCursor */
export function listJobs(query: JobQuery, caller: Caller, ports: Pick<JobPorts, 'jobs'>): Promise<JobPage> {
  return ports.jobs.listByUser(caller.userId, query);
}
