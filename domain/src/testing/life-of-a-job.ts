import { acceptedUpload, claimed, completed, givenUp, defaultJobTimes as times } from '../job/job-changes.ts';
import { JobRecord, type JobResult } from '../job/job-record.ts';
import type { JobChange } from '../ports/job-store.ts';
import { aJob } from './builders.ts';
import { InMemoryJobStore } from './fakes/in-memory-job-store.ts';

/** One job on its way through all of its states, at one moment: for the tests of what can happen to it. */
export const now = 1_800_000_100_000;
export const audio = { etag: 'etag-1', sizeBytes: 2_000 };
export const me = { worker: 'w1', messageId: 'm1' };
export const progress = { phase: 'transcribing', audioSecondsDone: 12, durationSeconds: 60 } as const;
export const result: JobResult = {
  version: 'r1-1',
  transcriptKey: 'ana/job/r1-1/transcript.json',
  language: 'en',
  confidence: 0.9,
  model: 'demo',
  warnings: [],
  measures: null,
};

/** The job once the change is saved. */
export function after(job: JobRecord, change: JobChange): JobRecord {
  return JobRecord.parse({ ...job, ...change.set });
}

export const pending = aJob();
export const queued = after(pending, acceptedUpload(pending, audio, now, times));
export const processing = after(queued, claimed(queued, me, now, times));
export const failed = after(processing, givenUp(processing, 'engine.crashed', now, times));
export const done = after(processing, completed(processing, result, 60, now, times));

/** What comes of saving a change on a record as it is stored now. */
export async function save(stored: JobRecord, change: JobChange): Promise<JobRecord | null> {
  const store = new InMemoryJobStore();
  await store.create(stored);
  return store.change(stored.jobId, change);
}
