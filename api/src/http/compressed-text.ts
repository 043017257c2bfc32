import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NextFunction, Request, Response } from 'express';
import { takesGzip } from './takes-gzip.ts';

const compress = promisify(gzip);

/** Below it an answer fits into one packet anyway. */
const leastBytes = 1024;

/**
 * Sends what Express would send as text compressed to whoever takes that: JSON above all, of which a page of jobs is a tenth
 * then or less. Streams go past `send` and stay as they are: server-sent events, recordings and ranges of them.
 *
 * GET alone: what an attacker could guess by the sizes of compressed answers (BREACH) needs a secret beside words of his.
 * Our secrets, the addresses that are signed, stand in answers to POST.
 *
 * Express middleware.
 */
export function compressedText(request: Request, response: Response, next: NextFunction): void {
  const send = response.send.bind(response);
  const sendCompressed = async (body: string): Promise<void> => {
    try {
      const bytes = await compress(body);
      // Somebody else has answered meanwhile.
      if (response.headersSent) return;
      response.set('Content-Encoding', 'gzip');
      send(bytes);
    } catch (error) {
      next(error);
    }
  };
  response.send = (body?: unknown) => {
    const isText = typeof body === 'string' && response.get('Content-Type') !== undefined;
    if (!isText || request.method !== 'GET' || Buffer.byteLength(body) < leastBytes) return send(body);
    response.vary('Accept-Encoding');
    // As Express would make it, of the text: a weak one, which says nothing of the encoding.
    if (!response.get('ETag')) response.set('ETag', request.app.get('etag fn')(body, 'utf8'));
    if (request.fresh || !takesGzip(request)) return send(body);
    void sendCompressed(body);
    return response;
  };
  next();
}
