import { Readable } from 'node:stream';
import type { ByteStream } from '@verbatim/domain';

/** Bytes, not objects: so that what waits in between is counted in bytes. */
export function streamOf(body: ByteStream): Readable {
  return Readable.from(body, { objectMode: false });
}
