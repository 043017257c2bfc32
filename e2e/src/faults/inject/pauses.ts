import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so long, or until it is over. False when it is over. */
export async function pause(ms: number, over: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal: over }).catch(() => {});
  return !over.aborted;
}

export async function untilOver(over: AbortSignal): Promise<void> {
  while (await pause(60_000, over));
}
