import { z } from 'zod';
import { RecordFromNewerVersion } from '../errors.ts';
import { ChunkRecord } from './chunk-record.ts';
import { Correction } from './correction-record.ts';
import type { FailureCode } from './failure-codes.ts';
import { History, noHistory } from './history-record.ts';
import { JobStatus } from './job-status.ts';
import { LastError } from './last-error.ts';
import { Lease } from './lease.ts';
import { defaultTranscriptionOptions, TranscriptionOptions } from './transcription-options.ts';

const EpochMs = z.number().int();

/**
 * A word of a list that a newer version may have added to. Programs of two versions work on the same records during an
 * update, and after one that was taken back: what only says something is carried along as it is, what decides what
 * happens next (the status, the state of a chunk) is left to who understands it: `readJobRecord`.
 */
function carried<Word extends string>() {
  return z.custom<Word>((value) => typeof value === 'string');
}

export const JobPhase = z.enum(['waiting', 'reading', 'transcribing', 'done']);
export type JobPhase = z.infer<typeof JobPhase>;

export const JobWarning = z.enum([
  'demo_model',
  'simulated',
  'no_speech',
  'low_confidence',
  'repetition',
  'truncated',
]);
export type JobWarning = z.infer<typeof JobWarning>;

/** What must be said of every transcript that a model makes which is none for real speech. */
export const ModelWarning = JobWarning.extract(['demo_model', 'simulated']);
export type ModelWarning = z.infer<typeof ModelWarning>;

/** Those that this version knows: the others say nothing to anybody here. */
export const JobWarnings = z.preprocess(
  (words) => (Array.isArray(words) ? words.filter((word) => JobWarning.safeParse(word).success) : words),
  z.array(JobWarning),
);

/** What the work took: for operators, and for the bill. */
export const JobMeasures = z.object({
  /** From the claim to the transcript, waits between chunks included. */
  processingSeconds: z.number(),
  engineCpuSeconds: z.number().nullable(),
  /** 0 to 1: how much of the recording was no speech. */
  silenceShare: z.number().nullable(),
});
export type JobMeasures = z.infer<typeof JobMeasures>;

export const JobResult = z.object({
  /** `r{run}-{fence}`: part of the keys, so that no result overwrites another. */
  version: z.string(),
  /** What `transcriptKeyOf` says of the version, for older versions of Verbatim: they look here. */
  transcriptKey: z.string(),
  language: z.string(),
  confidence: z.number(),
  model: z.string(),
  warnings: JobWarnings,
  measures: JobMeasures.nullable().default(null),
});
export type JobResult = z.infer<typeof JobResult>;

export const Delivery = z.looseObject({
  state: carried<'sending' | 'sent' | 'failed'>(),
  at: EpochMs,
});
export type Delivery = z.infer<typeof Delivery>;

/** What still has to happen because of the state the job is in. The reconciler sees to it until it is paid. */
export type Debt = 'announce' | 'signal-dead-letter' | 'tidy' | 'erase';

/**
 * A job as it is stored. Times are milliseconds since 1970 (UTC); null means "not there".
 * How the fields move together: `job-changes.ts`.
 */
export const JobRecord = z.object({
  jobId: z.string(),
  userId: z.string(),
  fileName: z.string(),
  contentType: z.string(),
  /** As announced at first, as stored from acceptance on; null while a streamed upload runs. */
  sizeBytes: z.number().int().nullable().default(null),
  audioKey: z.string(),
  /** Of a file that comes in parts; `uploadId` is storage's name for the upload, once it has begun. */
  multipart: z
    .object({ partSizeBytes: z.number().int(), uploadId: z.string().nullable() })
    .nullable()
    .default(null),
  options: TranscriptionOptions.default(defaultTranscriptionOptions),
  /** Where the user is told about the end; null: nowhere. */
  notifyTo: z.string().nullable().default(null),

  status: JobStatus,
  /** +1 by the user's retry, an operator's replay, and by erasing. */
  run: z.number().int(),
  /** +1 at every claim, never lowered. A worker's writes hold only for its own fence. */
  fence: z.number().int(),
  /** Times the work was started in this run and failed. */
  failures: z.number().int(),
  /** Times the work was cut short in this run through no fault of its own. */
  interruptions: z.number().int(),
  /** Messages sent since the job was last queued; 0 while it waits for its retry. */
  sends: z.number().int(),

  createdAt: EpochMs,
  /** The end of the form or address that the file may be uploaded with. */
  uploadEndsAt: EpochMs,
  startedAt: EpochMs.nullable().default(null),
  finishedAt: EpochMs.nullable().default(null),
  /** When the reconciler looks at the job again; null once it is settled. */
  dueAt: EpochMs.nullable().default(null),

  /** The uploaded object that was accepted; the job is about these bytes and no others. */
  audioEtag: z.string().nullable().default(null),
  /** Decoded, not declared. */
  durationSeconds: z.number().nullable().default(null),
  /** The file declares clearly more than it holds; known from the cut on. */
  truncated: z.boolean().default(false),
  /** What was counted of this job against its user's hours of audio, in seconds: once, whatever happens to the job. */
  audioCharge: z.object({ seconds: z.number().int(), at: EpochMs }).nullable().default(null),
  /** Of the job as a whole; null while its chunks are worked on, each under a lease of its own. */
  lease: Lease.nullable().default(null),
  /** By index from 0; empty until the recording is cut, and always for one that needs no cutting. */
  chunks: z.record(z.string(), ChunkRecord).default({}),
  /** What the beginning of the recording was found to be spoken in, so that all chunks are heard alike. */
  detectedLanguage: z
    .object({ code: z.string(), probability: z.number().nullable() })
    .nullable()
    .default(null),
  phase: JobPhase.catch('transcribing'),
  audioSecondsDone: z.number(),

  /** When the recording, or the transcript, was removed because its time was over (`retention.ts`). */
  audioRemovedAt: EpochMs.nullable().default(null),
  transcriptRemovedAt: EpochMs.nullable().default(null),

  /** What the engine heard: the original, which no correction touches. */
  result: JobResult.nullable().default(null),
  /** Of the transcript, oldest first; the last one counts. Null until there is one. How they are thinned: `corrections.ts`. */
  corrections: z.array(Correction).nullable().default(null),
  errorCode: carried<FailureCode>().nullable().default(null),
  /** For operators; of this run. */
  lastError: LastError.nullable().default(null),
  deadLetter: z.looseObject({ reason: z.string(), at: EpochMs }).nullable().default(null),
  owes: z.array(carried<Debt>()),
  /** By `deliveryKey`: written before something is sent, and again after. */
  deliveries: z.record(z.string(), Delivery),
  /** Grows in the same write as the move that it tells of; bounded: `job-history.ts`. Empty in records from before it. */
  history: History.default(noHistory),
  /** The tombstone: deleted by its user, invisible from then on; `at` is when the last trace goes. */
  erase: z.looseObject({ at: EpochMs }).nullable().default(null),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** Under which an announcement through one channel is remembered: once for each end of each run. */
export function deliveryKey({ run, status }: Pick<JobRecord, 'run' | 'status'>, channel: string): string {
  return `${run}/${status}/${channel}`;
}

/** A record as it is stored. @throws RecordFromNewerVersion */
export function readJobRecord(stored: unknown): JobRecord {
  const { data, error } = JobRecord.safeParse(stored);
  if (!data)
    throw new RecordFromNewerVersion('a record of a job that this version can not read', { cause: error });
  return data;
}
