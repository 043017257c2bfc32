import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Which process holds a message. The last part tells it from an earlier one with the same number. */
export const ourselves = `${hostname()}:${process.pid}:${randomUUID()}`;

/**
 * Whether the process that holds a message is gone for certain: it ran on this machine, and runs no more. Its messages
 * need not wait for their leases to run out. Two containers must not share a host name and a data folder.
 */
export function isGone(holder: string): boolean {
  if (holder === ourselves) return false;
  const [host, pid] = holder.split(':');
  if (host !== hostname()) return false;
  return Number(pid) === process.pid || !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
