import { z } from 'zod';
import { ruleOf } from './failure-codes.ts';
import { JobHistory, toJobHistory } from './job-history.ts';
import type { JobRecord } from './job-record.ts';

const Time = z.iso.datetime();
const Count = z.number().int().min(0);

/** A job that was given up for a reason that is not its user's, as operators see it. */
export const DeadLetter = z
  .object({
    jobId: z.string(),
    userId: z.string(),
    fileName: z.string(),
    run: z.number().int().min(1),
    reason: z.string().describe('One of the failure codes.'),
    message: z.string().describe('What its user was told.'),
    whatToDo: z.string().describe('For operators, before it is replayed.'),
    at: Time.describe('When it was given up.'),
    createdAt: Time,
    durationSeconds: z.number().min(0).nullable(),
    failures: Count.describe('Attempts that failed in this run.'),
    interruptions: Count.describe('Times that the work was cut short in this run.'),
    lastError: z
      .object({
        code: z.string(),
        detail: z
          .string()
          .nullable()
          .describe('What was thrown, by kind and cause; never what anybody said. Null: nothing was.'),
        at: Time,
      })
      .nullable(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterList = z.object({
  items: z.array(DeadLetter).describe('Given up last, listed first.'),
  nextCursor: z.string().nullable(),
});

export const DeadLetterWithHistory = DeadLetter.extend({ history: JobHistory });

/** What came of replaying some of them. */
export const Replayed = z.object({
  replayed: z.array(z.object({ jobId: z.string(), run: z.number().int().describe('The new one.') })),
  notReplayed: z
    .array(z.object({ jobId: z.string(), code: z.string() }))
    .describe('Not dead letters any more, or never: deleted, or retried by somebody else.'),
  nextCursor: z.string().nullable().describe('Of `all`: send it back to go on; null when that was the last.'),
  remaining: Count.nullable().describe('Of `all`: how many dead letters there are still of this kind.'),
});
export type Replayed = z.infer<typeof Replayed>;

/** Null for a job that is none. */
export function toDeadLetter(job: JobRecord): DeadLetter | null {
  if (!job.deadLetter || job.erase) return null;
  const { reason, at } = job.deadLetter;
  const { jobId, userId, fileName, run, durationSeconds, failures, interruptions, lastError } = job;
  const { message, operator } = ruleOf(reason);
  return {
    jobId,
    userId,
    fileName,
    run,
    reason,
    message,
    whatToDo: operator,
    at: isoTime(at),
    createdAt: isoTime(job.createdAt),
    durationSeconds,
    failures,
    interruptions,
    lastError: lastError && { ...lastError, at: isoTime(lastError.at) },
  };
}

export function toDeadLetterWithHistory(job: JobRecord): z.infer<typeof DeadLetterWithHistory> | null {
  const letter = toDeadLetter(job);
  return letter && { ...letter, history: toJobHistory(job) };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
