import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { followJob, hasEnded, type Job } from '../server/follow-job.ts';
import { answerOf, type components, server } from '../server/server-client.ts';

type JobList = components['schemas']['JobList'];

export interface JobFilter {
  status: Job['status'] | null;
  /** Part of the file's name. */
  search: string;
}

const pageSize = 100;
const whileSomethingRunsMs = 5_000;
const whileNothingRunsMs = 30_000;
/** The server lets one person follow a few jobs at once; the others are asked for in the list now and then. */
const followedAtOnce = 4;

/** All jobs that fit the filter, as far as they were scrolled to; kept fresh. */
export function useJobs(filter: JobFilter) {
  const query = useInfiniteQuery({
    queryKey: ['jobs', filter],
    queryFn: ({ pageParam, signal }) => listJobs(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) =>
      jobsOf(state.data).some((job) => !hasEnded(job)) ? whileSomethingRunsMs : whileNothingRunsMs,
  });
  const jobs = jobsOf(query.data);
  useFollowing(jobs);
  return { ...query, jobs };
}

/** Puts a job's newest state wherever the page shows it. */
export function useJobUpdate(): (job: Job) => void {
  const queries = useQueryClient();
  return (job) => {
    queries.setQueryData(['job', job.jobId], job);
    queries.setQueriesData<InfiniteData<JobList>>(
      { queryKey: ['jobs'] },
      (list) => list && withJob(list, job),
    );
  };
}

function listJobs(filter: JobFilter, cursor: string | null, signal: AbortSignal): Promise<JobList> {
  const query = {
    limit: pageSize,
    ...(filter.status ? { status: filter.status } : {}),
    ...(filter.search ? { q: filter.search } : {}),
    ...(cursor ? { cursor } : {}),
  };
  return answerOf(server.GET('/v1/jobs', { params: { query }, signal }));
}

/** The newest running jobs tell every step themselves. */
function useFollowing(jobs: Job[]): void {
  const update = useJobUpdate();
  const running = jobs.filter((job) => !hasEnded(job) && job.status !== 'PENDING_UPLOAD');
  const followed = running
    .slice(0, followedAtOnce)
    .map(({ jobId }) => jobId)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `update` only reaches into the cache, which stays.
  useEffect(() => {
    const stop = new AbortController();
    for (const jobId of followed.split(',').filter(Boolean)) {
      void followJob(jobId, { signal: stop.signal, onChange: update }).catch(() => {});
    }
    return () => stop.abort();
  }, [followed]);
}

function jobsOf(data: InfiniteData<JobList> | undefined): Job[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

function withJob(list: InfiniteData<JobList>, job: Job): InfiniteData<JobList> {
  const swap = (known: Job) => (known.jobId === job.jobId ? job : known);
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(swap) })) };
}
