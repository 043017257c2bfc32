import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ByteStream } from '@verbatim/domain';

/** Writes a new file and sees it onto the disk. The etag is a part of the SHA-256 of its bytes. */
export async function writeWholeFile(
  path: string,
  body: ByteStream | Uint8Array,
  signal?: AbortSignal,
): Promise<{ sizeBytes: number; etag: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await using file = await open(path, 'wx', 0o600);
  const pieces = body instanceof Uint8Array ? onlyPiece(body) : body;
  for await (const piece of signal ? untilAborted(pieces, signal) : pieces) {
    hash.update(piece);
    sizeBytes += piece.length;
    await file.writeFile(piece);
  }
  await file.sync();
  return { sizeBytes, etag: hash.digest('hex').slice(0, 32) };
}

async function* onlyPiece(bytes: Uint8Array): ByteStream {
  yield bytes;
}

/** Throws when the signal aborts, also while the body keeps it waiting. */
async function* untilAborted(body: ByteStream, signal: AbortSignal): ByteStream {
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextPiece(iterator, signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a body that hangs does not answer this either.
    void iterator.return?.().catch(() => {});
  }
}

/** One listener a piece, and gone with it: a race against one long promise would keep every piece in memory. */
function nextPiece(
  iterator: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array>> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
}
