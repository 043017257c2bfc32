import { DomainError } from '../errors.ts';

/**
 * Why a job failed, and what follows. The one place that tells permanent and transient apart:
 * `transient` is tried again (5 / 25 / 125 min); `user` is a fault of the file, `permanent` one of ours or of the
 * installation, and neither is tried again. Exhausted and permanent failures become dead letters, a user's do not.
 */
interface FailureRule {
  kind: 'transient' | 'permanent' | 'user';
  /** For people: what happened and what to do about it. */
  message: string;
}

export const failureRules = {
  'audio.empty': { kind: 'user', message: 'The file is empty. Upload the recording again.' },
  'audio.unreadable': {
    kind: 'user',
    message:
      'We could not read this file as audio. Upload an mp3, wav, m4a, mp4, ogg, flac, webm, aac, aiff or wma recording.',
  },
  'audio.no_sound': {
    kind: 'user',
    message: 'The file has no sound in it, only video or other data. Upload a recording with an audio track.',
  },
  'audio.too_long': {
    kind: 'user',
    message: 'The recording is longer than this server accepts. Split it and upload the parts.',
  },
  'upload.too_large': {
    kind: 'user',
    message: 'The file is larger than this server accepts. Compress or split it and upload it again.',
  },
  'upload.wrong_type': {
    kind: 'user',
    message:
      'The uploaded file has another type than the one announced. Create a new job with the right contentType.',
  },
  'input.changed': {
    kind: 'user',
    message: 'The uploaded file was replaced while we worked on it. Create a new job for the new file.',
  },
  'input.missing': {
    kind: 'user',
    message: 'The uploaded file was removed before we could read it. Create a new job and upload it again.',
  },
  'engine.crashed': {
    kind: 'transient',
    message:
      'The speech engine stopped in the middle of this recording. Retry the job; if it stops again, tell the operator.',
  },
  'engine.timeout': {
    kind: 'transient',
    message:
      'The speech engine took far longer than it should for this recording. Retry the job when the server is less busy.',
  },
  'engine.out_of_memory': {
    kind: 'transient',
    message:
      'The server ran out of memory on this recording. Retry the job, or ask the operator for a smaller model.',
  },
  'engine.refused': {
    kind: 'permanent',
    message: 'The speech engine refused this recording. Tell the operator.',
  },
  'storage.unavailable': {
    kind: 'transient',
    message: 'Storage did not answer for a long time. Retry the job.',
  },
  'disk.full': {
    kind: 'transient',
    message: 'The server had no room left on its disk. Retry the job when the operator has made room.',
  },
  'worker.lost': {
    kind: 'permanent',
    message:
      'The worker was interrupted again and again during this job. Retry it; if that fails too, tell the operator.',
  },
  'job.never_started': {
    kind: 'permanent',
    message: 'No worker took this job for days. Tell the operator, then retry it.',
  },
  'internal.unexpected': {
    kind: 'transient',
    message: 'Something went wrong on our side. Retry the job; if it fails again, tell the operator its id.',
  },
} as const satisfies Record<string, FailureRule>;

export type FailureCode = keyof typeof failureRules;
export const failureCodes = Object.keys(failureRules) as [FailureCode, ...FailureCode[]];

/** A failure of a job's work that already knows its code. */
export class JobFailure extends DomainError {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function ruleOf(code: FailureCode): FailureRule {
  return failureRules[code];
}

/** No room, or more than the quota or the limit of the process lets us write. */
const diskFullCodes = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The code for anything that can be thrown. What we did not foresee is transient: trying again loses nothing. */
export function failureCodeOf(error: unknown): FailureCode {
  if (error instanceof DomainError) {
    if (error.code in failureRules) return error.code as FailureCode;
    if (error.code === 'object.missing') return 'input.missing';
    if (error.code === 'object.changed') return 'input.changed';
  }
  if (error instanceof Error && 'code' in error && diskFullCodes.has(error.code)) return 'disk.full';
  return 'internal.unexpected';
}
