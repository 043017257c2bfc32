import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { followJob } from '../server/follow-job.ts';
import { hasEnded, type Job } from '../server/job.ts';
import { answerOf, type components, server } from '../server/server-client.ts';
import { type JobPages, jobsOf, pagesToRefresh, withFirstPage, withJob, withPage } from './job-pages.ts';

type JobList = components['schemas']['JobList'];

export interface JobFilter {
  status: Job['status'] | null;
  /** ISO time; only what was made since. */
  from: string | null;
  /** Part of the file's name. */
  search: string;
}

const pageSize = 100;
const whileSomethingRunsMs = 3_000;
const whileNothingRunsMs = 30_000;

/**
 * All jobs that fit the filter, as far as they were scrolled to. They stay fresh by asking for the first page and for
 * those that still change; asking for all of them again would be a hundred requests for ten thousand jobs.
 */
export function useJobs(filter: JobFilter) {
  const queries = useQueryClient();
  const queryKey = ['job-list', filter];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const page = await listJobs(filter, pageParam, signal);
      if (pageParam === null) queries.setQueryData(['jobs', filter], Date.now());
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const jobs = useMemo(() => jobsOf(query.data), [query.data]);
  const { hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError } = query;
  const refresh = useQuery({
    queryKey: ['jobs', filter],
    enabled: query.isSuccess && !isPlaceholderData && !isFetchingNextPage,
    queryFn: async ({ signal }) => {
      const list = queries.getQueryData<JobPages>(queryKey);
      const fresh = list && (await newestStates(filter, list, signal));
      if (fresh) queries.setQueryData<JobPages>(queryKey, (now) => now && fresh(now));
      return Date.now();
    },
    refetchInterval: jobs.some((job) => !hasEnded(job)) ? whileSomethingRunsMs : whileNothingRunsMs,
  });
  useFollowing(jobs);
  // After a page that failed the next refresh comes first.
  const canFetchMore =
    hasNextPage && !isFetchingNextPage && !isPlaceholderData && !(isFetchNextPageError && refresh.isError);
  return { ...query, jobs, canFetchMore };
}

/** What has become of the pages that were seen; to be put into the list as it is by then. */
async function newestStates(
  filter: JobFilter,
  list: JobPages,
  signal: AbortSignal,
): Promise<(list: JobPages) => JobPages> {
  const indexes = pagesToRefresh(list);
  const [first, ...others] = await Promise.all([
    listJobs(filter, null, signal),
    ...indexes.map((index) => listJobs(filter, (list.pageParams[index] ?? null) as string | null, signal)),
  ]);
  return (now) => {
    const pages = others.reduce((whole, page, at) => withPage(whole, indexes[at] ?? 0, page), now);
    return withFirstPage(pages, first);
  };
}

/** Puts a job's newest state wherever the page shows it. */
export function useJobUpdate(): (job: Job) => void {
  const queries = useQueryClient();
  return (job) => {
    queries.setQueryData(['job', job.jobId], job);
    queries.setQueriesData<JobPages>({ queryKey: ['job-list'] }, (list) => list && withJob(list, job));
  };
}

function listJobs(filter: JobFilter, cursor: string | null, signal: AbortSignal): Promise<JobList> {
  const query = {
    limit: pageSize,
    ...(filter.status ? { status: filter.status } : {}),
    ...(filter.from ? { from: filter.from } : {}),
    ...(filter.search ? { q: filter.search } : {}),
    ...(cursor ? { cursor } : {}),
  };
  return answerOf(server.GET('/v1/jobs', { params: { query }, signal }));
}

/**
 * The newest job in work tells every step itself, else the newest that waits. One only: the streams of two tabs, and what
 * they upload, have to leave one of six connections to everything else. The others are asked for in the list.
 */
function useFollowing(jobs: Job[]): void {
  const update = useJobUpdate();
  const running = jobs.filter((job) => !hasEnded(job) && job.status !== 'PENDING_UPLOAD');
  const jobId = (running.find(({ status }) => status === 'PROCESSING') ?? running[0])?.jobId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `update` only reaches into the cache, which stays.
  useEffect(() => {
    if (jobId === undefined) return;
    const stop = new AbortController();
    void followJob(jobId, { signal: stop.signal, onChange: update }).catch(() => {});
    return () => stop.abort();
  }, [jobId]);
}
