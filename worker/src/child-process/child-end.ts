import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a child ended. `error`: it could not be started at all. */
export interface ChildEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  error: Error | null;
}

/** Resolves when the child has ended and its pipes are closed; never rejects. Call it before anything is awaited. */
export function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    let failure: Error | null = null;
    child.once('error', (error) => {
      failure = error;
      // A child that was never born closes nothing.
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, error });
    });
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, error: failure }));
  });
}

/** Sends the signal to the child's whole process group; a child that is gone already is no error. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const isGone = child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined || isGone) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Asks the child to end, makes it after `graceMs`, and waits until it has. */
export async function endChild(
  child: ChildProcess,
  ended: Promise<ChildEnd>,
  graceMs: number,
): Promise<void> {
  killGroup(child, 'SIGTERM');
  const timer = new AbortController();
  await Promise.race([ended, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
  killGroup(child, 'SIGKILL');
  await ended;
}
