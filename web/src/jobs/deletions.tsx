import { Button, Group, Paper, Portal, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../server/follow-job.ts';
import { server } from '../server/server-client.ts';
import { ServerProblem } from '../server/server-problem.ts';
import classes from './deletions.module.css';

/** How long a deletion can be taken back: until then nothing was asked of the server, so closing the page keeps the job. */
const undoMs = 6_000;

interface Deletions {
  /** Jobs that the person no longer wants to see. */
  hidden: ReadonlySet<string>;
  remove(job: Pick<Job, 'jobId' | 'fileName'>): void;
}

const Context = createContext<Deletions>({ hidden: new Set(), remove: () => {} });

export function useDeletions(): Deletions {
  return useContext(Context);
}

/** Deleting with undo, around all views: a person may go on to another one meanwhile. */
export function WithDeletions({ children }: { children: ReactNode }) {
  const { t } = useTranslation('jobs');
  const queries = useQueryClient();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [waiting, setWaiting] = useState<Pick<Job, 'jobId' | 'fileName'>[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const erase = useCallback(
    async (jobs: Pick<Job, 'jobId' | 'fileName'>[]) => {
      setWaiting([]);
      for (const { jobId, fileName } of jobs) {
        try {
          await server.DELETE('/v1/jobs/{jobId}', { params: { path: { jobId } } });
        } catch (error) {
          // Somebody else was quicker.
          if (error instanceof ServerProblem && error.status === 404) continue;
          setHidden((all) => without(all, jobId));
          setFailed(t('failedToDelete', { name: fileName }));
        }
      }
      await queries.invalidateQueries({ queryKey: ['jobs'] });
    },
    [queries, t],
  );

  useEffect(() => {
    if (waiting.length === 0) return;
    timer.current = setTimeout(() => void erase(waiting), undoMs);
    return () => clearTimeout(timer.current);
  }, [waiting, erase]);

  const remove = useCallback((job: Pick<Job, 'jobId' | 'fileName'>) => {
    setFailed(null);
    setHidden((all) => new Set([...all, job.jobId]));
    // One more starts the six seconds anew, for all of them.
    setWaiting((jobs) => [...jobs, { jobId: job.jobId, fileName: job.fileName }]);
  }, []);

  function undo(): void {
    setHidden((all) => waiting.reduce((left, { jobId }) => without(left, jobId), all));
    setWaiting([]);
  }

  const [first] = waiting;
  return (
    <Context.Provider value={{ hidden, remove }}>
      {children}
      <Portal>
        <div role="status" className={classes.corner}>
          {first && (
            <Paper withBorder shadow="md" p="sm" radius="md">
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm" lineClamp={2}>
                  {waiting.length === 1
                    ? t('deleted', { name: first.fileName })
                    : t('deletedMany', { count: waiting.length })}
                </Text>
                <Button size="compact-sm" variant="light" onClick={undo}>
                  {t('undo')}
                </Button>
              </Group>
            </Paper>
          )}
          {failed && (
            <Paper withBorder shadow="md" p="sm" radius="md">
              <Text size="sm">{failed}</Text>
            </Paper>
          )}
        </div>
      </Portal>
    </Context.Provider>
  );
}

function without(all: ReadonlySet<string>, jobId: string): ReadonlySet<string> {
  return new Set([...all].filter((other) => other !== jobId));
}
