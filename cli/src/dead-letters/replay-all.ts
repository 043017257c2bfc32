import type { Replayed } from '@verbatim/domain';
import type { VerbatimServer } from '../server/verbatim-server.ts';

export type ReplayOrder =
  | { jobIds: string[] }
  | { all: true; reason?: string | undefined; before?: string | undefined };

export interface ReplayView {
  show(done: number, total: number): void;
}

/** The server takes so many at a time. */
const pageSize = 100;

/** Page by page, each dead letter once: one that fails again meanwhile comes before all that are still to be done. */
export async function replayAll(
  order: ReplayOrder,
  server: VerbatimServer,
  view: ReplayView,
  stop: AbortSignal,
): Promise<Pick<Replayed, 'replayed' | 'notReplayed'>> {
  const done: Pick<Replayed, 'replayed' | 'notReplayed'> = { replayed: [], notReplayed: [] };
  const take = (page: Replayed) => {
    done.replayed.push(...page.replayed);
    done.notReplayed.push(...page.notReplayed);
    return done.replayed.length + done.notReplayed.length;
  };

  if ('jobIds' in order) {
    for (let i = 0; i < order.jobIds.length; i += pageSize) {
      const count = take(await server.replay({ jobIds: order.jobIds.slice(i, i + pageSize) }, stop));
      view.show(count, order.jobIds.length);
    }
    return done;
  }
  let cursor: string | null = null;
  do {
    const page: Replayed = await server.replay({ ...order, ...(cursor !== null && { cursor }) }, stop);
    const count = take(page);
    view.show(count, page.nextCursor === null ? count : count + (page.remaining ?? 0));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return done;
}
