import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { StreamableFile } from '@nestjs/common';
import type { ByteStream } from '@verbatim/domain';
import type { Response } from 'express';
import { answerProblem } from './problem.filter.ts';

/** A file on its way out. Nest itself would call it the client's mistake when the source breaks. */
export function fileAnswer(
  body: ByteStream,
  about: { type: string; length?: number; disposition: string },
): StreamableFile {
  const file = new StreamableFile(streamOf(body), about);
  return file.setErrorHandler((error, response) => {
    const { req } = response as unknown as Response;
    answerProblem(error, req, response as unknown as Response);
  });
}

/** The same of text, compressed on its way; how long that will be nobody knows yet. */
export function gzippedAnswer(
  body: ByteStream,
  { type, disposition }: { type: string; disposition: string },
  response: Response,
): StreamableFile {
  response.set('Content-Encoding', 'gzip');
  // What breaks the one breaks the other, whose answer tells of it.
  const compressed = pipeline(streamOf(body), createGzip(), () => {});
  return fileAnswer(compressed, { type, disposition });
}

/** Bytes, not objects: so that what waits in between is counted in bytes. */
function streamOf(body: ByteStream): Readable {
  // Wrapped, a stream that is destroyed before anybody read of it would stay open: its client left that early.
  if (body instanceof Readable && !body.readableObjectMode) return body;
  return Readable.from(body, { objectMode: false });
}
