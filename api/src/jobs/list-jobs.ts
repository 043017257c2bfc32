import type { JobPage, JobQuery, JobRecord } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from './job-ports.ts';

/** How many pages of jobs one search may read. It goes on where it stopped, by the cursor. */
const pagesRead = 20;
const smallestRead = 20;

interface ListQuery extends Partial<JobQuery> {
  /** Part of the file's name; case and accents don't matter. */
  q?: string;
}

/**
 * The caller's jobs, newest first, 20 unless asked otherwise. A search may answer fewer than asked for, or none, and a
 * cursor all the same: there is more to look through. @throws BadCursor
 */
export async function listJobs(
  { limit = 20, cursor, status, from, to, q }: ListQuery,
  caller: Caller,
  { jobs }: Pick<JobPorts, 'jobs'>,
): Promise<JobPage> {
  const page = (size: number, after: string | null | undefined) =>
    jobs.listByUser(caller.userId, {
      limit: size,
      ...(after ? { cursor: after } : {}),
      ...(status ? { status } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  if (q === undefined) return page(limit, cursor);

  const wanted = plain(q);
  const items: JobRecord[] = [];
  let leftOut = 0;
  let next: string | null = cursor ?? null;
  for (let read = 0; read < pagesRead; read++) {
    // Never more than still fit, so that none is found and left out.
    const room = limit - items.length;
    const found = await page(room, next);
    items.push(...found.items.filter(({ fileName }) => plain(fileName).includes(wanted)));
    leftOut += found.leftOut;
    next = found.nextCursor;
    if (next === null || limit - items.length < Math.min(limit, smallestRead)) break;
  }
  return { items, nextCursor: next, leftOut };
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
