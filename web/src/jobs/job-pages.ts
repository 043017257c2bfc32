import type { InfiniteData } from '@tanstack/react-query';
import { hasEnded, type Job } from '../server/job.ts';
import type { components } from '../server/openapi.d.ts';

type JobPage = components['schemas']['JobList'];

/** A list as far as it was scrolled to: its pages, and the cursor that each was asked for with. */
export type JobPages = InfiniteData<JobPage>;

/** At most so many pages are asked for again at a time, besides the first: nobody's limit of requests is used up by looking. */
const refreshedAtOnce = 4;

export function jobsOf(list: JobPages | undefined): Job[] {
  const jobs = new Map<string, Job>();
  // Where pages overlap, since something was deleted or added, the earlier one is as new.
  for (const job of list?.pages.flatMap(({ items }) => items) ?? []) {
    if (!jobs.has(job.jobId)) jobs.set(job.jobId, job);
  }
  return [...jobs.values()];
}

/** The pages after the first that hold something which still changes; of many the last ones: the oldest jobs run first. */
export function pagesToRefresh({ pages }: JobPages): number[] {
  const changing = pages.flatMap(({ items }, index) => (index > 0 && !items.every(hasEnded) ? index : []));
  return changing.slice(-refreshedAtOnce);
}

/** With the first page as it is now: jobs that came are there, jobs that are gone from its range are not. */
export function withFirstPage(list: JobPages, first: JobPage): JobPages {
  const [old, ...others] = list.pages;
  const oldest = first.items.at(-1);
  if (!old || others.length === 0 || first.nextCursor === null) {
    return { pages: [first], pageParams: [null] };
  }
  const known = new Set(first.items.map(({ jobId }) => jobId));
  const isOlder = (job: Job) => !known.has(job.jobId) && (!oldest || job.createdAt <= oldest.createdAt);
  return {
    ...list,
    pages: [
      { ...old, items: [...first.items, ...old.items.filter(isOlder)] },
      ...others.map((page) => ({ ...page, items: page.items.filter(isOlder) })),
    ],
  };
}

/** With one of the later pages as it is now. Its own cursor stays where the next page was asked for from. */
export function withPage(list: JobPages, index: number, page: JobPage): JobPages {
  const pages = list.pages.map((old, at) => (at === index ? { ...old, items: page.items } : old));
  return { ...list, pages };
}

/** With one job as it is now, wherever it stands. */
export function withJob(list: JobPages, job: Job): JobPages {
  const swap = (known: Job) => (known.jobId === job.jobId ? job : known);
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(swap) })) };
}
