import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../server/job.ts';
import classes from './job-list.module.css';
import { JobRow } from './job-row.tsx';
import { useJobActions } from './use-job-actions.ts';

const rowHeight = 64;

/** Any number of jobs: only those in sight are drawn, and more are fetched before the end comes into sight. */
export function JobList({
  jobs,
  fetchMore,
}: {
  jobs: Job[];
  /** Null on the last page, and while one is on its way. */
  fetchMore: (() => void) | null;
}) {
  const { t } = useTranslation('jobs');
  const actions = useJobActions();
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: top,
    // What stands above all views.
    scrollPaddingStart: 56,
    getItemKey: (index) => jobs[index]?.jobId ?? index,
  });
  const inSight = rows.getVirtualItems();
  const lastInSight = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (fetchMore && lastInSight >= jobs.length - 20) fetchMore();
  }, [fetchMore, lastInSight, jobs.length]);

  function onKeyDown(event: KeyboardEvent): void {
    const row = (event.target as HTMLElement).closest('a[data-job]');
    if (!row) return;
    const index = Number(row.getAttribute('data-job'));
    const next = nextRow(event.key, index, jobs.length);
    const job = jobs[index];
    if (next !== null) {
      event.preventDefault();
      focusRow(next);
    } else if (event.key === 'Delete' && job) {
      actions.remove(job);
      focusRow(Math.max(0, index - 1));
    }
  }

  function focusRow(index: number): void {
    rows.scrollToIndex(index);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-job="${index}"]`)?.focus());
  }

  return (
    <ul
      ref={list}
      aria-label={t('list')}
      className={classes.list}
      style={{ height: rows.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {inSight.map(({ index, key, start }) => {
        const job = jobs[index];
        return (
          job && (
            <li
              key={key}
              aria-setsize={jobs.length}
              aria-posinset={index + 1}
              className={classes.item}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <JobRow job={job} index={index} />
            </li>
          )
        );
      })}
    </ul>
  );
}

function nextRow(key: string, index: number, count: number): number | null {
  if (key === 'ArrowDown') return Math.min(count - 1, index + 1);
  if (key === 'ArrowUp') return Math.max(0, index - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}
