import { Readable } from 'node:stream';
import type { ByteStream } from '@verbatim/domain';

/** Bytes, not objects: so that what waits in between is counted in bytes. */
export function streamOf(body: ByteStream): Readable {
  return Readable.from(body, { objectMode: false });
}

/** Whoever stops reading early leaves the stream whole, so that the sender can still be answered. */
export function bytesOf(stream: Readable): ByteStream {
  return stream.iterator({ destroyOnReturn: false });
}
