import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@verbatim/adapters';
import { pinoHttp } from 'pino-http';

/**
 * One line for each request, and an id for it: the client's X-Request-Id where it is plain, else a new one; sent back
 * either way. Logged are method, path, status and time. Not the query and not the token of `/d/`: they are signatures.
 */
export function requestLog(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const id = requestIdOf(request);
      response.setHeader('X-Request-Id', id);
      return id;
    },
    quietReqLogger: true,
    // pino-http would add all headers, the query and the address.
    serializers: { req: nothing, res: nothing },
    customAttributeKeys: { reqId: 'requestId' },
    customSuccessObject: lineOf,
    customErrorObject: (request, response, _error, given) => lineOf(request, response, given),
    customLogLevel: (request, response) => (isProbe(request) && response.statusCode < 400 ? 'debug' : 'info'),
  });
}

function nothing(): undefined {}

const plainId = /^[A-Za-z0-9._-]{1,64}$/;

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && plainId.test(given) ? given : randomUUID();
}

function lineOf(request: IncomingMessage, response: ServerResponse, given: { responseTime?: number }) {
  const { method } = request;
  const { responseTime: ms } = given;
  const line = { method, path: pathOf(request), ms };
  // Who went away while sending was told nothing, though Node says 200 from the start.
  if (!response.headersSent) return { event: 'request.aborted', ...line };
  return { event: 'request.answered', ...line, status: response.statusCode };
}

function pathOf(request: IncomingMessage): string {
  const path = originalUrlOf(request).split('?')[0] ?? '';
  // Routes are matched without regard to case.
  return /^\/d\//i.test(path) ? '/d/[redacted]' : path;
}

function originalUrlOf(request: IncomingMessage): string {
  return ('originalUrl' in request ? (request.originalUrl as string) : request.url) ?? '';
}

/** Asked every few seconds for ever. */
function isProbe(request: IncomingMessage): boolean {
  return /^\/(health|metrics)(\/|$)/.test(pathOf(request));
}
