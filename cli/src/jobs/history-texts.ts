import type { JobHistory } from '@verbatim/domain';
import { table } from '../table.ts';

/** One event a line, and why. */
export function historyTable({ items, dropped }: JobHistory): string {
  const missing = dropped > 0 ? `${dropped} events are left out of the middle.\n` : '';
  if (items.length === 0) return `Nothing is known: the job is older than its history.\n${missing}`;
  const rows = items.map((item) => [
    item.at.slice(0, 19).replace('T', ' '),
    item.chunk === null ? item.event : `${item.event} ${item.chunk}`,
    item.to ?? '',
    String(item.run),
    String(item.fence),
    item.code ?? '',
    item.worker ?? '',
  ]);
  const head = ['at (UTC)', 'event', 'status', 'run', 'fence', 'why', 'worker'];
  return table(head, rows, [3, 4]) + missing;
}
