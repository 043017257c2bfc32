import { setTimeout } from 'node:timers/promises';
import { takeLock } from '@verbatim/adapters/take-lock';

export interface LockWait {
  pollMs: number;
  /** Called at every look while another process holds the lock. */
  waiting?: () => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** Runs `work` while no other process holds the lock file at `path`; waits for one that does, however it ends. */
export async function withFileLock<T>(path: string, wait: LockWait, work: () => Promise<T>): Promise<T> {
  let lock = takeLock(path);
  while (!lock) {
    await wait.waiting?.();
    await setTimeout(wait.pollMs, undefined, { signal: wait.signal });
    lock = takeLock(path);
  }
  try {
    return await work();
  } finally {
    lock[Symbol.dispose]();
  }
}
