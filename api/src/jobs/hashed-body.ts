import { createHash } from 'node:crypto';
import type { ByteStream } from '@verbatim/domain';

/** A body whose SHA-256 is known once it was read to its end, also when a reader gave up on the way. */
export class HashedBody {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private readonly hash = createHash('sha256');

  constructor(body: ByteStream) {
    this.pieces = body[Symbol.asyncIterator]();
  }

  /** What was not read yet. Stopping early leaves the rest to be read. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.pieces.next();
      if (piece.done) return;
      this.hash.update(piece.value);
      yield piece.value;
    }
  }

  /** Reads the rest first; can be asked for once. */
  async digest(): Promise<string> {
    for await (const _ of this.bytes());
    return this.hash.digest('hex');
  }
}
