import type { JobPage, JobQuery } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from './job-ports.ts';

/** The caller's jobs, newest first, 20 unless asked otherwise. @throws BadCursor */
export function listJobs(
  { limit = 20, cursor, status }: Partial<JobQuery>,
  caller: Caller,
  ports: Pick<JobPorts, 'jobs'>,
): Promise<JobPage> {
  const query = { limit, ...(cursor ? { cursor } : {}), ...(status ? { status } : {}) };
  return ports.jobs.listByUser(caller.userId, query);
}
