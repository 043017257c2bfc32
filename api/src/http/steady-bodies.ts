import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Refused } from '../refused.ts';
import { announcesBody } from './announces-body.ts';
import { answerProblem } from './problem.filter.ts';

/** The least that a sender gets through in each window. */
export interface BodyPace {
  leastBytes: number;
  windowMs: number;
}

/** 2 kbit/s: no line that a recording is sent over is as slow. */
export const defaultBodyPace: BodyPace = { leastBytes: 8 * 1024, windowMs: 30_000 };

/**
 * Whoever sends a byte now and then would keep a connection, and an upload its place, for the hours that a large file may
 * take (slow-loris). Such a request is answered 408 and its connection closed. Express middleware.
 */
export function steadyBodies({ leastBytes, windowMs }: BodyPace): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    next();
    if (!announcesBody(request)) return;
    let seen = request.socket.bytesRead;
    const timer = setInterval(() => {
      const { bytesRead } = request.socket;
      // What waits here to be read is our own slowness: storage, say, that takes its time.
      const isSlow = bytesRead - seen < leastBytes && request.readableLength === 0;
      seen = bytesRead;
      if (isSlow) letGo(request, response);
    }, windowMs);
    const done = () => clearInterval(timer);
    request.once('end', done);
    response.once('close', done);
  };
}

/** The rest of the body ends with the connection: whoever reads it is told that it broke off, and takes it back. */
function letGo(request: Request, response: Response): void {
  response.once('finish', () => request.destroy());
  answerProblem(new Refused('request.too_slow'), request, response);
}
