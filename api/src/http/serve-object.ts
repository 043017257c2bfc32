import type { StreamableFile } from '@nestjs/common';
import { type Bucket, type ObjectInfo, ObjectMissing, type ObjectStore } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { Refused } from '../refused.ts';
import { fileAnswer, gzippedAnswer } from './file-answer.ts';
import { takesGzip } from './takes-gzip.ts';

interface Served {
  objects: ObjectStore;
  bucket: Bucket;
  key: string;
  isText?: boolean;
}

/**
 * An object whole, or the range that a player jumps to; nothing for who has it already. Text goes compressed, but for ranges.
 * @throws ObjectMissing; Refused request.bad_range
 */
export async function serveObject(
  { objects, bucket, key, isText = false }: Served,
  request: Request,
  response: Response,
  disposition: string,
): Promise<StreamableFile | undefined> {
  const info = await objects.head(bucket, key);
  if (!info) throw new ObjectMissing(`nothing at ${bucket}/${key}`);

  const gzipped = isText && takesGzip(request) && request.get('range') === undefined;
  if (isText) response.vary('Accept-Encoding');
  // Other bytes need another name.
  response.set({ ETag: `"${info.etag}${gzipped ? '.gzip' : ''}"`, 'Accept-Ranges': 'bytes' });
  if (request.fresh) {
    response.status(304);
    return undefined;
  }
  const range = rangeOf(request, info);
  if (range === 'none') {
    response.set('Content-Range', `bytes */${info.sizeBytes}`);
    throw new Refused('request.bad_range');
  }
  const object = await objects.get(bucket, key, { ifMatch: info.etag, ...(range ? { range } : {}) });
  if (gzipped) return gzippedAnswer(object.body, { type: info.contentType, disposition }, response);
  if (range) {
    response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${info.sizeBytes}`);
  }
  return fileAnswer(object.body, {
    type: info.contentType,
    length: range ? range.end - range.start + 1 : info.sizeBytes,
    disposition,
  });
}

/**
 * One range of bytes, or 'none' when the file has no such bytes. Anything else that a Range header can say gets the whole,
 * and so does who began with another file (RFC 9110, sections 13.1.5 and 14.2).
 */
function rangeOf(request: Request, file: ObjectInfo): { start: number; end: number } | 'none' | null {
  const begun = request.get('if-range');
  if (begun !== undefined && begun !== `"${file.etag}"`) return null;
  const ranges = request.range(file.sizeBytes);
  if (ranges === -1) return 'none';
  const [range] = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges : [];
  return range ?? null;
}
