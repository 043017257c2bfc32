import { DomainError } from '../errors.ts';

/**
 * Why a job failed, and what follows. The one place that tells permanent and transient apart:
 * `transient` is tried again (5 / 25 / 125 min); `user` is a fault of the file, `permanent` one of ours or of the
 * installation, and neither is tried again. Exhausted and permanent failures become dead letters, a user's do not.
 */
interface FailureRule {
  kind: 'transient' | 'permanent' | 'user';
  /** For its user: what happened, and what to do about it. */
  message: string;
  /** For operators: what to do about it, before they replay what became a dead letter. */
  operator: string;
}

export const failureRules = {
  'audio.empty': {
    kind: 'user',
    message: 'The file is empty. Upload the recording again.',
    operator: 'Nothing. Many of these hint at a client that breaks off its uploads.',
  },
  'audio.unreadable': {
    kind: 'user',
    message:
      'We could not read this file as audio. Upload an mp3, wav, m4a, mp4, ogg, flac, webm, aac, aiff or wma recording.',
    operator:
      'Nothing. If the recording plays elsewhere, try it with the ffmpeg of this installation and report it.',
  },
  'audio.no_sound': {
    kind: 'user',
    message: 'The file has no sound in it, only video or other data. Upload a recording with an audio track.',
    operator: 'Nothing.',
  },
  'audio.too_long': {
    kind: 'user',
    message: 'The recording is longer than this server accepts. Split it and upload the parts.',
    operator: 'Nothing, or raise MAX_AUDIO_HOURS: work that is longer needs more disk and time.',
  },
  'audio.too_complex': {
    kind: 'user',
    message:
      'It takes too much work to read this recording. Convert it to mp3, or split it, and upload it again.',
    operator:
      'Nothing, or raise MAX_AUDIO_HOURS: reading a recording may take half a second of CPU for each minute of it, and 30 s.',
  },
  'quota.exceeded': {
    kind: 'user',
    message:
      'The recording is longer than what is left of your hours of audio for today. Retry the job tomorrow, or ask the operator for more.',
    operator: 'Nothing, or raise DAILY_AUDIO_HOURS_PER_USER.',
  },
  'upload.too_large': {
    kind: 'user',
    message: 'The file is larger than this server accepts. Compress or split it and upload it again.',
    operator:
      'Nothing, or raise MAX_UPLOAD_MIB. Storage that took the file did not keep to the form: look at it.',
  },
  'upload.wrong_type': {
    kind: 'user',
    message:
      'The uploaded file has another type than the one announced. Create a new job with the right contentType.',
    operator: 'Nothing. Storage that took the file did not keep to the form: look at it.',
  },
  'input.changed': {
    kind: 'user',
    message: 'The uploaded file was replaced while we worked on it. Create a new job for the new file.',
    operator: 'Nothing. If no user did that, find out who else writes to the bucket of recordings.',
  },
  'input.missing': {
    kind: 'user',
    message: 'The uploaded file was removed before we could read it. Create a new job and upload it again.',
    operator:
      'Nothing, if the user deleted it. Else look for lifecycle rules and jobs that tidy the bucket of recordings.',
  },
  'engine.crashed': {
    kind: 'transient',
    message:
      'The speech engine stopped in the middle of this recording. Retry the job; if it stops again, tell the operator.',
    operator:
      'Look in the worker’s log for the job’s id: memory, a damaged model, a processor that the engine was not built for. Mend it, then replay.',
  },
  'engine.timeout': {
    kind: 'transient',
    message:
      'The speech engine took far longer than it should for this recording. Retry the job when the server is less busy.',
    operator:
      'Give the worker more processors or fewer slots (WORKER_SLOTS), or a smaller model; then replay.',
  },
  'engine.out_of_memory': {
    kind: 'transient',
    message:
      'The server ran out of memory on this recording. Retry the job, or ask the operator for a smaller model.',
    operator: 'Give the worker more memory or fewer slots (WORKER_SLOTS), or a smaller model; then replay.',
  },
  'engine.refused': {
    kind: 'permanent',
    message: 'The speech engine refused this recording. Tell the operator.',
    operator:
      'Look in the worker’s log for the job’s id: a model that knows English only, an engine of another version. Mend it, then replay.',
  },
  'storage.unavailable': {
    kind: 'transient',
    message: 'Storage did not answer for a long time. Retry the job.',
    operator: 'See that the table and the storage answer (/health/ready), then replay.',
  },
  'disk.full': {
    kind: 'transient',
    message: 'The server had no room left on its disk. Retry the job when the operator has made room.',
    operator: 'Make room where WORK_DIR is, or move it, then replay.',
  },
  'worker.lost': {
    kind: 'permanent',
    message:
      'The worker was interrupted again and again during this job. Retry it; if that fails too, tell the operator.',
    operator:
      'Find out what ends the workers: memory, deployments, Spot. If it is this recording, its history shows the same step every time. Then replay.',
  },
  'job.never_started': {
    kind: 'permanent',
    message: 'No worker took this job for days. Tell the operator, then retry it.',
    operator:
      'See that workers run, are ready and read the queue `transcription` (/health, /metrics), then replay.',
  },
  'internal.unexpected': {
    kind: 'transient',
    message: 'Something went wrong on our side. Retry the job; if it fails again, tell the operator its id.',
    operator: 'A mistake of ours: look in the log for the job’s id, report it, replay after the fix.',
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

/** As it is shown: a code that only a newer version knows says nothing to clients of this one. */
export function knownCode(code: string): FailureCode {
  return Object.hasOwn(failureRules, code) ? (code as FailureCode) : 'internal.unexpected';
}

/** Of a code that only a newer version knows: what is said of a mistake of ours. */
export function ruleOf(code: string): FailureRule {
  return failureRules[knownCode(code)];
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
