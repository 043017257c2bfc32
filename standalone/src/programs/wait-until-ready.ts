import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when every address answers 200. @throws the reason of `signal` */
export async function waitUntilReady(addresses: string[], signal: AbortSignal, pollMs = 100): Promise<void> {
  await Promise.all(
    addresses.map(async (address) => {
      while (!(await isReady(address, signal))) await sleep(pollMs, undefined, { signal });
    }),
  );
}

async function isReady(address: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
