import type { EpochMs } from '../ports/clock.ts';
import type { JobTimes } from './job-changes.ts';
import { audioKeyOf } from './job-ids.ts';
import type { JobRecord } from './job-record.ts';

type AnnouncedFields = 'jobId' | 'userId' | 'fileName' | 'contentType' | 'sizeBytes' | 'options' | 'notifyTo';

export interface AnnouncedJob extends Pick<JobRecord, AnnouncedFields> {
  /** From our own list of types, without a dot. */
  extension: string;
  /** How long the file may take to arrive. */
  uploadMs: number;
  /** Of a file that comes in parts. */
  partSizeBytes?: number;
}

/** A job at the beginning of its life: it waits for its file, and nothing has happened to it. Not saved yet. */
export function createdJob(
  { extension, uploadMs, partSizeBytes, ...announced }: AnnouncedJob,
  now: EpochMs,
  times: Pick<JobTimes, 'uploadCheckMs'>,
): JobRecord {
  return {
    ...announced,
    audioKey: audioKeyOf(announced.userId, announced.jobId, extension),
    multipart: partSizeBytes === undefined ? null : { partSizeBytes, uploadId: null },
    status: 'PENDING_UPLOAD',
    run: 1,
    fence: 0,
    failures: 0,
    interruptions: 0,
    sends: 0,
    createdAt: now,
    uploadEndsAt: now + uploadMs,
    startedAt: null,
    finishedAt: null,
    dueAt: now + times.uploadCheckMs,
    audioEtag: null,
    durationSeconds: null,
    truncated: false,
    audioCharge: null,
    lease: null,
    chunks: {},
    detectedLanguage: null,
    phase: 'waiting',
    audioSecondsDone: 0,
    audioRemovedAt: null,
    transcriptRemovedAt: null,
    result: null,
    corrections: null,
    errorCode: null,
    lastError: null,
    deadLetter: null,
    owes: [],
    deliveries: {},
    history: {
      items: [{ at: now, event: 'job.created', to: 'PENDING_UPLOAD', run: 1, fence: 0 }],
      dropped: 0,
    },
    erase: null,
  };
}
