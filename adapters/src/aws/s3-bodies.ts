import type { Readable } from 'node:stream';
import { type ByteStream, StorageUnavailable } from '@verbatim/domain';
import { isUnavailable } from './unavailable.ts';

/** A body on its way to S3, with what was taken from it so far. Ends at once when the signal aborts, also while it waits for its source. */
export function sentBytes(body: ByteStream, signal: AbortSignal | undefined) {
  let sizeBytes = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const source = body[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const piece = await nextUnlessAborted(source, signal);
        ended = piece.done === true;
        if (piece.done) return;
        sizeBytes += piece.value.length;
        yield piece.value;
      }
    } finally {
      // Not awaited: a source that keeps us waiting would not answer this either.
      if (!ended) source.return?.().catch(() => {});
    }
  }
  return { pieces: pieces(), sizeBytes: () => sizeBytes };
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

export interface ReceivedBody {
  stream: Readable;
  /** How many bytes the answer's header promises. */
  sizeBytes: number;
}

/** A connection that is open but gives nothing for so long is dead. Reading slowly is fine: only waiting counts. */
const stalledMs = 30_000;

/** The body of an answer, whole or not at all. @throws StorageUnavailable when it breaks off, comes short or stalls */
export async function* receivedBytes(
  key: string,
  { stream, sizeBytes }: ReceivedBody,
  signal: AbortSignal | undefined,
): ByteStream {
  const giveUp = () => stream.destroy(new StorageUnavailable(`reading ${key}: no byte for ${stalledMs} ms`));
  let received = 0;
  let patience = setTimeout(giveUp, stalledMs);
  try {
    for await (const piece of stream) {
      clearTimeout(patience);
      received += piece.length;
      signal?.throwIfAborted();
      yield piece;
      patience = setTimeout(giveUp, stalledMs);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw isUnavailable(error)
      ? new StorageUnavailable(`reading ${key}: broke off`, { cause: error })
      : error;
  } finally {
    clearTimeout(patience);
    stream.destroy();
  }
  if (received !== sizeBytes) {
    throw new StorageUnavailable(`reading ${key}: ${received} bytes of ${sizeBytes} came`);
  }
}
