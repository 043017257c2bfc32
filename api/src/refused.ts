import { DomainError } from '@verbatim/domain';
import type { LimitState } from './http/rate-limit-fields.ts';

/**
 * Every reason this program has for saying no, with the sentence that people read. The codes are for programs and stay as
 * they are; which HTTP status each one gets, `http/problem.filter.ts` alone decides.
 */
export const refusals = {
  'auth.required': 'Send your API key as "Authorization: Bearer <key>" or "X-API-Key: <key>".',
  'auth.wrong_key': 'This API key is not known here.',
  'auth.not_operator': 'This is for operators: their key has "operator" as its last part in API_KEYS.',
  'request.foreign_host': 'This server without keys answers only to its own addresses and its own pages.',
  'request.foreign_page':
    "A session counts only for this server's own page: send the header X-Verbatim-Page.",
  'request.invalid': 'The request does not fit: see errors.',
  'request.malformed': 'The request could not be read.',
  'request.bad_cursor': 'This cursor is none of ours. Begin again without one.',
  'request.too_large': 'The body of the request is too large.',
  'request.too_slow': 'The body of the request came too slowly. Send it again over a better connection.',
  'request.unsupported_type': 'The body of the request has a Content-Type that this address does not take.',
  'request.not_acceptable': 'None of the formats in the Accept header can be served.',
  'request.bad_range': 'The file has no bytes in this range.',
  'idempotency.bad_key':
    'An Idempotency-Key is 1 to 255 visible ASCII characters, bare or as a quoted string, sent once.',
  'idempotency.other_request':
    'This Idempotency-Key was used for another request in the last 24 hours. Send a new key with a new request.',
  'idempotency.job_gone': 'The job of this Idempotency-Key was deleted. Send a new key to make a new job.',
  'events.too_many': 'You follow too many jobs at once. End a stream, or poll the job instead.',
  'events.full': 'This server is asked for too many streams. Poll the job instead, or try again soon.',
  'request.too_many': 'Too many requests. Wait as long as Retry-After says.',
  'quota.open_jobs':
    'You have as many unfinished jobs as this server allows. Wait until some have ended, or cancel them.',
  'quota.audio_hours': 'Your hours of audio for today are used up. Wait as long as Retry-After says.',
  'route.not_found': 'There is nothing at this address.',
  'job.unknown': 'There is no such job.',
  'job.not_finished': 'The job is not finished yet. Ask again later.',
  'job.no_transcript': 'The job ended without a transcript.',
  'job.failed': 'The job failed.',
  'job.already_finished': 'The job has already ended, so it cannot be cancelled.',
  'job.not_failed': 'Only a failed job can be retried.',
  'job.not_retryable': 'The uploaded file was not accepted, so there is nothing to retry. Create a new job.',
  'dead_letter.unknown':
    'There is no such dead letter. It may have been replayed, retried by its user, or deleted.',
  'dead_message.unknown': 'There is no such message, or another look at the queue holds it: try again soon.',
  'audio.removed':
    'The recording was removed when the time that this server keeps recordings was over. To hear it again, create a new job.',
  'transcript.removed':
    'The transcript was removed when the time that this server keeps transcripts was over. Upload the recording again.',
  'transcript.if_match_missing':
    'Send If-Match with the ETag of the transcript that you corrected, so that nobody’s correction is lost.',
  'transcript.changed':
    'The transcript was corrected by somebody else since you read it. Read it again, and send your correction with its new ETag.',
  'transcript.bad_correction': 'The correction does not fit this transcript.',
  'transcript.name_taken': 'Another speaker of this transcript has this name already.',
  'transcript.unknown_version':
    'There is no such version of this transcript, or it is no longer kept. See the list of its versions.',
  'upload.missing': 'The file has not arrived yet. Send it with the form that the job came with.',
  'upload.not_in_parts':
    'The file of this job comes as a whole. Create a job with "upload": "multipart" to send parts.',
  'upload.incomplete': 'Not all parts have arrived yet. Send what is missing, and complete the upload again.',
  'upload.over':
    'This upload is over: it was given up, or its time has run out. Create a new job to begin again.',
  'upload.too_large': 'The file is larger than this server accepts.',
  'upload.wrong_type': 'This type of file is not taken. Send audio, or a video with sound.',
  'upload.exists': 'A file was uploaded for this job already.',
  'upload.too_small': 'The file is smaller than its form allows: an empty file can not be sent.',
  'storage.refused': 'This address is not signed for what was asked, or it has expired. Ask for a new one.',
  'link.unknown': 'This link leads nowhere. The job may have been deleted.',
  'link.expired': 'This link has expired. Look the job up to get its transcript.',
  'storage.unavailable': 'Storage does not answer at the moment. Try again soon.',
  'record.newer_version':
    'A newer version of this server has changed this job. Ask again when the update is through.',
  'queue.unavailable': 'The queue does not answer at the moment. Try again soon.',
  'health.not_ready': 'The server is not ready: see details.',
  'internal.unexpected':
    'Something went wrong on our side. If it happens again, tell the operator the requestId.',
} as const;

export type RefusalCode = keyof typeof refusals;

export interface FieldError {
  field: string;
  message: string;
}

interface RefusalFacts {
  /** Instead of the code's own sentence. */
  detail?: string;
  errors?: FieldError[];
  retryAfterSeconds?: number;
  /** The limit that was reached. */
  limit?: LimitState;
  cause?: unknown;
}

/** A request that is not granted; thrown where that is found out. */
export class Refused extends DomainError {
  readonly code: RefusalCode;
  readonly detail: string;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly limit: LimitState | undefined;

  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(`refused: ${code}`, { cause: facts.cause });
    this.code = code;
    this.detail = facts.detail ?? refusals[code];
    this.errors = facts.errors;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.limit = facts.limit;
  }
}

export function isRefusalCode(code: unknown): code is RefusalCode {
  return typeof code === 'string' && Object.hasOwn(refusals, code);
}
