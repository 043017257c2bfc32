import {
  audioKeyOf,
  type EpochMs,
  type JobRecord,
  newJobId,
  type TranscriptionOptions,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from './job-ports.ts';

interface Announced {
  fileName: string;
  contentType: string;
  /** From our own list of types, without a dot. */
  extension: string;
  sizeBytes: number | null;
  options: TranscriptionOptions;
  /** How long the file may take to arrive. */
  uploadMs: number;
}

/** A job that waits for its file; not saved yet. */
export function newJob(
  announced: Announced,
  caller: Caller,
  now: EpochMs,
  ports: Pick<JobPorts, 'times' | 'defaultNotifyTo'>,
): JobRecord {
  const jobId = newJobId(now);
  return {
    jobId,
    userId: caller.userId,
    fileName: announced.fileName,
    contentType: announced.contentType,
    sizeBytes: announced.sizeBytes,
    audioKey: audioKeyOf(caller.userId, jobId, announced.extension),
    options: announced.options,
    notifyTo: caller.email ?? ports.defaultNotifyTo,
    status: 'PENDING_UPLOAD',
    run: 1,
    fence: 0,
    failures: 0,
    interruptions: 0,
    sends: 0,
    createdAt: now,
    uploadEndsAt: now + announced.uploadMs,
    startedAt: null,
    finishedAt: null,
    dueAt: now + ports.times.uploadCheckMs,
    audioEtag: null,
    durationSeconds: null,
    lease: null,
    chunks: {},
    detectedLanguage: null,
    phase: 'waiting',
    audioSecondsDone: 0,
    result: null,
    errorCode: null,
    deadLetter: null,
    owes: [],
    deliveries: {},
    erase: null,
  };
}
