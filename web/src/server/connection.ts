import { useSyncExternalStore } from 'react';

/** Whether the server answers, as the newest request found out. Every request to the API reports; nobody has to ask for it. */
let reached = true;
const watchers = new Set<() => void>();

export function reportReached(now: boolean): void {
  if (now === reached) return;
  reached = now;
  for (const watcher of watchers) watcher();
}

/** What a proxy says whose server is gone: an answer, but not the server's. */
export function isServersOwn({ status }: Response): boolean {
  return status !== 502 && status !== 504;
}

export function useReached(): boolean {
  return useSyncExternalStore(watch, () => reached);
}

/** Calls back each time the server answers again after it did not. Returns how to end that. */
export function onReturn(listener: () => void): () => void {
  return watch(() => {
    if (reached) listener();
  });
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
