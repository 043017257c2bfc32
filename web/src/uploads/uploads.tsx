import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UploadQueue, useUploads } from './upload-queue.ts';

const Context = createContext<UploadQueue | null>(null);

/** The one queue of uploads, around all views. */
export function WithUploads({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [queue] = useState(
    () => new UploadQueue(() => void queries.invalidateQueries({ queryKey: ['jobs'] })),
  );
  return (
    <Context.Provider value={queue}>
      <AskBeforeLeaving queue={queue} />
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
  const running = useUploads(queue).some(({ state }) => state !== 'failed');
  useEffect(() => {
    if (!running) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
  return running ? <span className="visually-hidden">{t('leave')}</span> : null;
}
