import type { Readable } from 'node:stream';
import { type ByteStream, StorageUnavailable } from '@verbatim/domain';
import { asUnavailable } from './unavailable.ts';

/** A connection that is open but gives nothing for so long is dead. Reading slowly is fine: only waiting counts. */
const stalledMs = 30_000;

/**
 * The body of an answer, all `sizeBytes` of it, as its header promised.
 * @throws StorageUnavailable when it breaks off, comes short or stalls
 */
export async function* receivedBytes(
  stream: Readable,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): ByteStream {
  const giveUp = () => stream.destroy(new StorageUnavailable(`no byte of the object for ${stalledMs} ms`));
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
    throw asUnavailable('reading an object', error);
  } finally {
    clearTimeout(patience);
    stream.destroy();
  }
  if (received !== sizeBytes) {
    throw new StorageUnavailable(`only ${received} of an object's ${sizeBytes} bytes came`);
  }
}
