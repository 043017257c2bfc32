import type { Job } from '@verbatim/domain';
import type { VerbatimServer } from '../server/verbatim-server.ts';

export interface JobsQuery {
  limit: number;
  status?: string | undefined;
}

/** The server gives so many at a time at most. */
const pageSize = 100;

/** The newest first, as many as asked for. */
export function listJobs({ limit, status }: JobsQuery, server: VerbatimServer): Promise<Job[]> {
  return listPages(limit, (page) => server.jobs({ ...page, status }));
}

export async function listPages<Item>(
  limit: number,
  ask: (page: {
    limit: number;
    cursor: string | undefined;
  }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ limit: Math.min(pageSize, limit - items.length), cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && items.length < limit);
  return items;
}
