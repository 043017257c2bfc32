import { finished } from 'node:stream';
import type { Request, Response } from 'express';

/** As long as a client may go on sending what nobody wants. */
const lingerMs = 3_000;

/**
 * Answers a request whose body was not read to its end. A connection that is closed with bytes unread is reset, and the
 * client, still sending, meets a broken line and never sees the answer (RFC 9112, section 9.6). So the rest is read and
 * dropped first: until it ends, or for as long as we can spare.
 */
export function answerLingering(body: string, request: Request, response: Response): void {
  response.set({ Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) });
  response.write(body);
  const timer = setTimeout(end, lingerMs);
  const forget = finished(request, { writable: false }, end);
  request.resume();

  function end(): void {
    clearTimeout(timer);
    forget();
    response.end();
  }
}
