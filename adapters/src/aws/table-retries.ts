/** A try of a request, as the SDK's retry middleware hands it from one to the next. */
interface RetryToken {
  /** Tries so far that failed. */
  getRetryCount(): number;
  /** Milliseconds before the next. */
  getRetryDelay(): number;
  getRetryCost(): number | undefined;
}

interface FailedTry {
  errorType: 'THROTTLING' | 'TRANSIENT' | 'SERVER_ERROR' | 'CLIENT_ERROR';
}

/** Failed tries after which the request fails. */
const most = { THROTTLING: 7, TRANSIENT: 1, SERVER_ERROR: 1, CLIENT_ERROR: 0 } as const;
const firstDelayMs = 50;
const longestDelayMs = 1_000;

/**
 * Which requests to the table are tried again (the SDK's RetryStrategyV2). Where nobody answers a try may take seconds, so
 * there is one more and no other. A throttled request is refused at once, and the next try has a fair chance: up to seven
 * more, some 3 s in all, at random moments that move apart ("full jitter", AWS Architecture Blog, "Exponential Backoff
 * And Jitter"). The SDK's own strategy stops trying at all once many requests were throttled.
 */
export class TableRetries {
  readonly mode = 'standard';
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  async acquireInitialRetryToken(): Promise<RetryToken> {
    return token(0, 0);
  }

  /** @throws when the request has had its tries: then its own error is what the caller sees */
  async refreshRetryTokenForRetry(last: RetryToken, { errorType }: FailedTry): Promise<RetryToken> {
    const failed = last.getRetryCount() + 1;
    if (failed > most[errorType]) throw new Error('no more tries');
    const ceilingMs = Math.min(firstDelayMs * 2 ** failed, longestDelayMs);
    return token(failed, Math.round(this.#random() * ceilingMs));
  }

  recordSuccess(): void {}
}

function token(count: number, delayMs: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs, getRetryCost: () => undefined };
}
