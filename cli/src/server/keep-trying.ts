import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, ServerRefused } from './server-errors.ts';

export interface Patience {
  /** Since the first failure; after that the error is thrown. */
  ms: number;
  /** Before each further try. */
  onTrouble?: ((sentence: string) => void) | undefined;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** Tries again, with growing pauses or as long as Retry-After says, while the failure looks like one that passes. */
export async function keepTrying<T>(
  attempt: () => Promise<T>,
  patience: Patience,
  stop?: AbortSignal,
): Promise<T> {
  let giveUpAt: number | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      stop?.throwIfAborted();
      if (!isTransient(error)) throw error;
      giveUpAt ??= performance.now() + patience.ms;
      const waitMs = Math.max(pauseMs, error instanceof ServerRefused ? error.retryAfterMs : 0);
      if (performance.now() + waitMs > giveUpAt) throw error;
      patience.onTrouble?.(error.message);
      await sleep(waitMs, undefined, stop ? { signal: stop } : {});
    }
  }
}
