import type { ByteStream } from '@verbatim/domain';

/** A body on its way to storage. Ends at once when the signal aborts, also while it waits for its source. */
export class OutgoingBody {
  /** What was taken from the source so far. */
  sizeBytes = 0;
  /** What the source, or the signal, ended with, if it was not the end of the body. */
  failure: unknown;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;

  constructor(body: ByteStream, signal: AbortSignal | undefined) {
    this.#source = body[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    let done = false;
    try {
      for (;;) {
        const next = await nextUnlessAborted(this.#source, this.#signal);
        done = next.done === true;
        if (next.done) return;
        this.sizeBytes += next.value.length;
        yield next.value;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    } finally {
      // Not awaited: a source that keeps us waiting would not answer this either.
      if (!done) this.#source.return?.().catch(() => {});
    }
  }
}

/** One listener a piece, removed again: a race with one long promise would keep every piece in memory. */
function nextUnlessAborted<T>(
  source: AsyncIterator<T>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<T>> {
  if (!signal) return source.next();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
