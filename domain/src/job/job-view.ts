import { z } from 'zod';
import { failureCodes, knownCode, ruleOf } from './failure-codes.ts';
import { JobProgress, type JobSurroundings, progressOf } from './job-progress.ts';
import { deliveryKey, type JobRecord, JobWarning } from './job-record.ts';
import { JobStatus } from './job-status.ts';
import { TranscriptionOptions } from './transcription-options.ts';

const Time = z.iso.datetime();
const Seconds = z.number().min(0);

/** Where to read on, as full addresses. */
export const JobLinks = z.object({
  self: z.url(),
  /** Null until the job is COMPLETED, and once its transcript was removed. */
  transcript: z.url().nullable(),
});
export type JobLinks = z.infer<typeof JobLinks>;

/** A job as its user sees it. Times are ISO 8601 in UTC, durations seconds. */
export const Job = z
  .object({
    jobId: z.string(),
    status: JobStatus,
    fileName: z.string(),
    /** As announced at first, as stored once the upload is accepted. */
    sizeBytes: z.number().int().min(0).nullable(),
    createdAt: Time,
    startedAt: Time.nullable(),
    finishedAt: Time.nullable(),
    /** Of the audio, decoded; null until it was read. */
    durationSeconds: Seconds.nullable(),
    /** ISO 639-1: the one found, else the one asked for, else null. */
    language: z.string().nullable(),
    /** What was asked for; where nothing was, what we chose. */
    options: TranscriptionOptions,
    progress: JobProgress,
    /** Which try this is, counted from 1; a retry by the user starts again at 1. */
    attempt: z.number().int().min(1),
    /** Set once the recording was removed because its time was over: then the job can't be tried again. */
    audioRemovedAt: Time.nullable(),
    /** Likewise of the transcript. */
    transcriptRemovedAt: Time.nullable(),
    error: z.object({ code: z.enum(failureCodes), message: z.string() }).nullable(),
    warnings: z.array(JobWarning),
    /** Whether its user was told about the end of this run; `none`: there is nobody to tell, or nothing. */
    notification: z.enum(['none', 'pending', 'sent', 'failed']),
    links: JobLinks,
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** What leaves of a record: nothing of leases, keys, queues, addresses or other users. */
export function toJob(job: JobRecord, links: JobLinks, around: JobSurroundings): Job {
  return {
    jobId: job.jobId,
    status: job.status,
    fileName: job.fileName,
    sizeBytes: job.sizeBytes,
    createdAt: isoTime(job.createdAt),
    startedAt: job.startedAt === null ? null : isoTime(job.startedAt),
    finishedAt: job.finishedAt === null ? null : isoTime(job.finishedAt),
    durationSeconds: job.durationSeconds,
    language: job.result?.language ?? job.options.language ?? job.detectedLanguage?.code ?? null,
    options: job.options,
    progress: progressOf(job, around),
    attempt: attemptOf(job),
    audioRemovedAt: job.audioRemovedAt === null ? null : isoTime(job.audioRemovedAt),
    transcriptRemovedAt: job.transcriptRemovedAt === null ? null : isoTime(job.transcriptRemovedAt),
    error: job.errorCode && { code: knownCode(job.errorCode), message: ruleOf(job.errorCode).message },
    warnings: job.result?.warnings ?? [],
    notification: notificationOf(job),
    links,
  };
}

/** A job that has failed is at its last attempt; one that waits for its retry is at the next. Of chunks the worst counts. */
function attemptOf({ status, chunks, ...job }: JobRecord): number {
  const failures = Math.max(job.failures, ...Object.values(chunks).map((chunk) => chunk.failures));
  return status === 'FAILED' ? Math.max(1, failures) : failures + 1;
}

function notificationOf(job: JobRecord): Job['notification'] {
  // Who cancels a job, or lets its form expire, knows it.
  if (job.notifyTo === null || ['CANCELED', 'EXPIRED'].includes(job.status)) return 'none';
  const ofThisEnd = deliveryKey(job, '');
  const deliveries = Object.entries(job.deliveries).filter(([key]) => key.startsWith(ofThisEnd));
  const states = deliveries.map(([, { state }]) => state);
  if (states.includes('sent')) return 'sent';
  return states.includes('failed') ? 'failed' : 'pending';
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
