import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNotices } from '../layout/notices.tsx';
import type { Job } from '../server/job.ts';
import { server } from '../server/server-client.ts';
import { ServerProblem } from '../server/server-problem.ts';

/** How long a deletion can be taken back: until then nothing was asked of the server, so closing the page keeps the job. */
const undoMs = 6_000;

type Deleted = Pick<Job, 'jobId' | 'fileName'>;

interface Deletions {
  /** Jobs that the person no longer wants to see. */
  hidden: ReadonlySet<string>;
  remove(job: Deleted): void;
}

const Context = createContext<Deletions>({ hidden: new Set(), remove: () => {} });

export function useDeletions(): Deletions {
  return useContext(Context);
}

/** Deleting with undo, around all views: a person may go on to another one meanwhile. */
export function WithDeletions({ children }: { children: ReactNode }) {
  const { t } = useTranslation('jobs');
  const queries = useQueryClient();
  const { show, hide } = useNotices();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [waiting, setWaiting] = useState<Deleted[]>([]);

  const erase = useCallback(
    async (jobs: Deleted[]) => {
      setWaiting([]);
      for (const { jobId, fileName } of jobs) {
        try {
          await server.DELETE('/v1/jobs/{jobId}', { params: { path: { jobId } } });
        } catch (error) {
          // Somebody else was quicker.
          if (error instanceof ServerProblem && error.status === 404) continue;
          setHidden((all) => without(all, [jobId]));
          show({ name: 'failed-deletion', text: t('failedToDelete', { name: fileName }) });
        }
      }
      await queries.invalidateQueries({ queryKey: ['jobs'] });
    },
    [queries, show, t],
  );

  useEffect(() => {
    const [first] = waiting;
    if (!first) return;
    const text =
      waiting.length === 1
        ? t('deleted', { name: first.fileName })
        : t('deletedMany', { count: waiting.length });
    const undo = () => {
      setHidden((all) =>
        without(
          all,
          waiting.map(({ jobId }) => jobId),
        ),
      );
      setWaiting([]);
    };
    show({ name: 'deletion', text, action: { label: t('undo'), run: undo } });
    const timer = setTimeout(() => void erase(waiting), undoMs);
    return () => {
      clearTimeout(timer);
      hide('deletion');
    };
  }, [waiting, erase, show, hide, t]);

  const remove = useCallback(
    ({ jobId, fileName }: Deleted) => {
      hide('failed-deletion');
      setHidden((all) => new Set([...all, jobId]));
      // One more starts the six seconds anew, for all of them.
      setWaiting((jobs) => [...jobs, { jobId, fileName }]);
    },
    [hide],
  );

  return <Context.Provider value={{ hidden, remove }}>{children}</Context.Provider>;
}

function without(all: ReadonlySet<string>, gone: readonly string[]): ReadonlySet<string> {
  return new Set([...all].filter((jobId) => !gone.includes(jobId)));
}
