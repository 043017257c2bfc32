import { Readable } from 'node:stream';
import { StorageUnavailable } from '@verbatim/domain';
import { asUnavailable } from './unavailable.ts';

/** A connection that is open but gives nothing for so long is dead. Reading slowly is fine: only waiting counts. */
const stalledMs = 30_000;

/**
 * The body of an answer, all `sizeBytes` of it, as its header promised. Destroyed, it gives its connection back, also
 * where nobody has begun to read.
 * @throws StorageUnavailable when it breaks off, comes short or stalls
 */
export function receivedBytes(
  stream: Readable,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): Readable {
  // One piece is read ahead at most: the patience below is with the storage, and not with the reader.
  const body = Readable.from(piecesOf(stream, sizeBytes, signal), { objectMode: false, highWaterMark: 1 });
  // A generator that never began does not come to its end.
  body.once('close', () => stream.destroy());
  // Whoever reads is told. What breaks before that must not end the process.
  for (const end of [stream, body]) end.on('error', () => {});
  return body;
}

async function* piecesOf(
  stream: Readable,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
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
