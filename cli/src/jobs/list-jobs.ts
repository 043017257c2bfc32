import type { Job } from '@verbatim/domain';
import type { JobList, VerbatimServer } from '../server/verbatim-server.ts';

export interface JobsQuery {
  limit: number;
  status?: string | undefined;
}

/** The server gives so many at a time at most. */
const pageSize = 100;

/** The newest first, as many as asked for. */
export async function listJobs({ limit, status }: JobsQuery, server: VerbatimServer): Promise<Job[]> {
  const jobs: Job[] = [];
  let cursor: string | undefined;
  do {
    const page: JobList = await server.jobs({
      limit: Math.min(pageSize, limit - jobs.length),
      status,
      cursor,
    });
    jobs.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && jobs.length < limit);
  return jobs;
}
