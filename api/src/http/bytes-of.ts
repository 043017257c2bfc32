import type { Readable } from 'node:stream';
import type { ByteStream } from '@verbatim/domain';

/** Whoever stops reading early leaves the stream whole, so that the sender can still be answered. */
export function bytesOf(stream: Readable): ByteStream {
  return stream.iterator({ destroyOnReturn: false });
}
