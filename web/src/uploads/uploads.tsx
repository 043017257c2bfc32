import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../session/session.ts';
import { type Upload, UploadQueue, useUploads } from './upload-queue.ts';

const Context = createContext<UploadQueue | null>(null);

/** The one queue of uploads, around all views. */
export function WithUploads({ session, children }: { session: Session; children: ReactNode }) {
  const queries = useQueryClient();
  const [queue] = useState(
    () =>
      new UploadQueue({
        userId: session.user.userId,
        uploadPartBytes: session.server.uploadPartBytes,
        maxAudioSeconds: session.server.maxAudioSeconds,
        onJobs: () => void queries.invalidateQueries({ queryKey: ['jobs'] }),
      }),
  );
  useEffect(() => {
    void queue.restore();
    return () => queue.close();
  }, [queue]);
  return (
    <Context.Provider value={queue}>
      <AskBeforeLeaving queue={queue} />
      <StayWhenMissed />
      {children}
    </Context.Provider>
  );
}

export function useUploadQueue(): UploadQueue {
  const queue = useContext(Context);
  if (!queue) throw new Error('there is no upload queue around this view');
  return queue;
}

function AskBeforeLeaving({ queue }: { queue: UploadQueue }) {
  const { t } = useTranslation('uploads');
  const running = useUploads(queue).some(endsWithThePage);
  useEffect(() => {
    if (!running) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
  return running ? <span className="visually-hidden">{t('leave')}</span> : null;
}

/** A file that is dropped where none is taken would be opened by the browser, in place of the page. */
function StayWhenMissed() {
  useEffect(() => {
    const stay = (event: DragEvent) => event.preventDefault();
    for (const name of ['dragover', 'drop'] as const) document.addEventListener(name, stay);
    return () => {
      for (const name of ['dragover', 'drop'] as const) document.removeEventListener(name, stay);
    };
  }, []);
  return null;
}

/** What is paused in the middle of its parts is offered again by the next visit. */
function endsWithThePage({ state, inParts, jobId }: Upload): boolean {
  if (state === 'paused') return !inParts || jobId === null;
  return state !== 'failed' && state !== 'fileless';
}
