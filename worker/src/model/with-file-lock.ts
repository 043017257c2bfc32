import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

export interface LockWait {
  pollMs: number;
  /** Called at every look while another process holds the lock. */
  waiting?: () => Promise<void>;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process on this machine (or container on this volume) holds the lock file at `path`.
 * The lock is SQLite's own on an empty database: the kernel frees it when its holder dies, kill -9 included, so there is no
 * stale lock to guess about.
 */
export async function withFileLock<T>(path: string, wait: LockWait, work: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(path);
  try {
    while (!tryToTake(lock)) {
      await wait.waiting?.();
      await setTimeout(wait.pollMs, undefined, { signal: wait.signal });
    }
    return await work();
  } finally {
    lock.close();
  }
}

const sqliteBusy = 5;

function tryToTake(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}
