import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { DomainError } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { type FieldError, isRefusalCode, type RefusalCode, Refused, refusals } from '../refused.ts';
import { announcesBody } from './announces-body.ts';
import { answerLingering } from './lingering-answer.ts';
import { tellLimit } from './rate-limit-fields.ts';

/** The only place where HTTP statuses are chosen. */
const statusOf: Record<RefusalCode, number> = {
  'auth.required': 401,
  'auth.wrong_key': 401,
  'auth.not_operator': 403,
  'request.foreign_host': 403,
  'request.foreign_page': 403,
  'request.invalid': 400,
  'request.malformed': 400,
  'request.bad_cursor': 400,
  'request.too_large': 413,
  'request.too_slow': 408,
  'request.unsupported_type': 415,
  'request.not_acceptable': 406,
  'request.bad_range': 416,
  'idempotency.bad_key': 400,
  'idempotency.other_request': 422,
  'idempotency.job_gone': 409,
  'events.too_many': 429,
  'events.full': 503,
  'request.too_many': 429,
  'quota.open_jobs': 429,
  'quota.audio_hours': 429,
  'route.not_found': 404,
  'job.unknown': 404,
  'job.not_finished': 409,
  'job.no_transcript': 409,
  'job.failed': 409,
  'job.already_finished': 409,
  'job.not_failed': 409,
  'job.not_retryable': 409,
  'dead_letter.unknown': 404,
  'dead_message.unknown': 404,
  'audio.removed': 410,
  'transcript.removed': 410,
  'transcript.if_match_missing': 428,
  'transcript.changed': 412,
  'transcript.bad_correction': 422,
  'transcript.name_taken': 422,
  'transcript.unknown_version': 404,
  'upload.missing': 409,
  'upload.not_in_parts': 409,
  'upload.incomplete': 409,
  'upload.over': 410,
  'upload.too_large': 413,
  'upload.wrong_type': 415,
  'upload.exists': 409,
  'upload.too_small': 400,
  'storage.refused': 403,
  'link.unknown': 404,
  'link.expired': 410,
  'storage.unavailable': 503,
  'record.newer_version': 503,
  'queue.unavailable': 503,
  'health.not_ready': 503,
  'internal.unexpected': 500,
};

/** Codes for what the framework itself refuses, by the status it chose. */
const codeOfStatus: Record<number, RefusalCode> = {
  400: 'request.malformed',
  404: 'route.not_found',
  413: 'request.too_large',
  415: 'request.unsupported_type',
  503: 'health.not_ready',
};

/** Errors of the ports that have another name towards the outside. */
const codeOfPortError: Record<string, RefusalCode> = {
  'object.missing': 'route.not_found',
  'object.exists': 'upload.exists',
  'storage.forged': 'storage.refused',
  'storage.expired': 'storage.refused',
  'storage.wrong_key': 'storage.refused',
  'storage.wrong_type': 'storage.refused',
  'storage.too_large': 'upload.too_large',
  'storage.too_small': 'upload.too_small',
};

/** RFC 9457, with our stable code and the id to find the request in the log by. */
interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  code: RefusalCode;
  requestId: string;
  errors?: FieldError[];
  /** Of `health.not_ready`: what does not answer. */
  details?: unknown;
}

const retryAfterSeconds = 5;

/** Every error ends here and leaves as `application/problem+json`: never a stack, a path or a vendor's words. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest<Request>(), http.getResponse<Response>());
  }
}

export function answerProblem(error: unknown, request: Request, response: Response): void {
  const refused = refusedBy(error);
  // Whoever broke off an upload is not there to be told, and it is no fault of ours.
  if (request.destroyed && !request.complete) return;
  const status = statusOf[refused.code];
  if (status >= 500 && refused.code !== 'health.not_ready') {
    request.log.error({ event: 'request.failed', code: refused.code, error }, 'request failed');
  }
  if (response.headersSent) {
    // Half an answer is out: only a broken connection can tell the client.
    response.destroy();
    return;
  }
  // Said of the answer that this one comes in place of.
  for (const header of ['ETag', 'Content-Disposition', 'Content-Encoding']) response.removeHeader(header);
  const wait = refused.retryAfterSeconds ?? (status === 503 ? retryAfterSeconds : undefined);
  if (wait !== undefined) response.set('Retry-After', String(wait));
  if (refused.limit) tellLimit(response, refused.limit);
  if (status === 401) response.set('WWW-Authenticate', 'Bearer realm="verbatim"');
  response.set('Cache-Control', 'no-store');
  response.status(status).type('application/problem+json; charset=utf-8');
  const body = JSON.stringify(problemOf(refused, response));
  // Whoever was too slow has been waited for long enough.
  if (refused.code === 'request.too_slow') response.set('Connection', 'close').send(body);
  else if (announcesBody(request) && !request.complete) answerLingering(body, request, response);
  else response.send(body);
}

function problemOf(refused: Refused, response: Response): Problem {
  const status = statusOf[refused.code];
  const isHealth = refused.code === 'health.not_ready' && refused.cause instanceof HttpException;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: refused.detail,
    code: refused.code,
    requestId: response.get('X-Request-Id') ?? '',
    ...(refused.errors ? { errors: refused.errors } : {}),
    ...(isHealth ? { details: (refused.cause as HttpException).getResponse() } : {}),
  };
}

function refusedBy(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof DomainError) {
    const code = codeOfPortError[error.code] ?? error.code;
    return new Refused(isRefusalCode(code) ? code : 'internal.unexpected', { cause: error });
  }
  if (error instanceof HttpException) return refusedByFramework(error.getStatus(), error);
  // The body parser's errors carry their status.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    return refusedByFramework(error.status, error);
  }
  return new Refused('internal.unexpected', { cause: error });
}

function refusedByFramework(status: number, error: Error): Refused {
  const code = codeOfStatus[status];
  if (!code) return new Refused(status < 500 ? 'request.malformed' : 'internal.unexpected', { cause: error });
  // Only of malformed requests: what is wrong with it are the client's own words.
  if (code !== 'request.malformed') return new Refused(code, { cause: error });
  return new Refused(code, { cause: error, detail: `${refusals[code]} ${error.message}` });
}
