import { describe, expect, it } from 'vitest';
import type { Job } from '../server/job.ts';
import { type JobPages, jobsOf, pagesToRefresh, withFirstPage, withJob, withPage } from './job-pages.ts';

/** Named by the minute that it was made in: the higher, the newer. */
function job(minute: number, status: Job['status'] = 'COMPLETED'): Job {
  const createdAt = new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString();
  return { jobId: `job-${minute}`, createdAt, status } as Job;
}

function page(minutes: number[], nextCursor: string | null = 'more') {
  return { items: minutes.map((minute) => job(minute)), leftOut: 0, nextCursor };
}

function list(...pages: ReturnType<typeof page>[]): JobPages {
  return { pages, pageParams: pages.map((_, index) => (index === 0 ? null : `cursor-${index}`)) };
}

const minutesOf = (pages: JobPages) => jobsOf(pages).map(({ jobId }) => Number(jobId.slice(4)));

describe('a list that was scrolled through', () => {
  it('shows new jobs above the known ones, and loses none in between', () => {
    const known = list(page([9, 8, 7]), page([6, 5, 4]));
    expect(minutesOf(withFirstPage(known, page([11, 10, 9])))).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
  });

  it('forgets what is gone from the range of the first page', () => {
    const known = list(page([9, 8, 7]), page([6, 5, 4]));
    expect(minutesOf(withFirstPage(known, page([9, 7, 6])))).toEqual([9, 7, 6, 5, 4]);
  });

  it('is the first page alone when there is no more', () => {
    const known = list(page([9, 8, 7]), page([6], null));
    expect(withFirstPage(known, page([9], null))).toEqual(list(page([9], null)));
  });

  it('keeps what a search found further back when its first page is empty', () => {
    const known = list(page([]), page([4, 3]));
    expect(minutesOf(withFirstPage(known, page([])))).toEqual([4, 3]);
  });

  it('asks again for the pages that still change, and for few of many', () => {
    const busy = { items: [job(1, 'QUEUED')], leftOut: 0, nextCursor: 'more' };
    const done = page([2]);
    expect(pagesToRefresh(list(busy, done, busy))).toEqual([2]);
    expect(pagesToRefresh(list(...Array.from({ length: 100 }, () => busy)))).toEqual([96, 97, 98, 99]);
  });

  it('takes on a newer state of a page, and of a job', () => {
    const known = list(page([9, 8]), page([7, 6], null));
    expect(minutesOf(withPage(known, 1, page([6], null)))).toEqual([9, 8, 6]);
    const [, failed] = jobsOf(withJob(known, job(8, 'FAILED')));
    expect(failed?.status).toBe('FAILED');
  });
});
