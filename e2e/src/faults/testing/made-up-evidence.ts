import type { JobRecord } from '@verbatim/domain';
import type { Evidence, PromisedJob } from '../evidence/evidence.ts';
import type { Move, StoredJob } from '../evidence/stored.ts';

/** Ids look like real ones, so that keys and mails can be told apart by them. */
export function jobIdOf(number: number): string {
  return `job_${number.toString(16).padStart(32, '0')}`;
}

export function aPromise(number: number, over: Partial<PromisedJob> = {}): PromisedJob {
  return {
    jobId: jobIdOf(number),
    userId: 'ana',
    recordingSeconds: 2,
    text: 'What was said.',
    fate: 'keep',
    withdrawn: null,
    seen: [],
    trouble: null,
    ...over,
  };
}

/** Claimed once, completed, told and settled. */
export function aDoneJob(number: number, over: Partial<JobRecord> = {}, history = aHistory()): StoredJob {
  const jobId = jobIdOf(number);
  const record = {
    ...{ jobId, userId: 'ana', status: 'COMPLETED', run: 1, fence: 1, notifyTo: 'ana@example.com' },
    ...{ owes: [], dueAt: null, erase: null, errorCode: null, durationSeconds: 2 },
    audioCharge: { seconds: 2, at: 1 },
    result: { version: 'r1-1', transcriptKey: `ana/${jobId}/r1-1/transcript.json` },
    ...over,
  } as unknown as JobRecord;
  return { record, history, dropped: 0 };
}

export function aHistory(): Move[] {
  return [
    aMove('job.created', { to: 'PENDING_UPLOAD', fence: 0 }),
    aMove('job.upload_accepted', { from: 'PENDING_UPLOAD', to: 'QUEUED', fence: 0 }),
    aMove('job.claimed', { from: 'QUEUED', to: 'PROCESSING', worker: 'host-11-a' }),
    aMove('job.completed', { from: 'PROCESSING', to: 'COMPLETED' }),
  ];
}

export function aMove(event: string, over: Partial<Move> = {}): Move {
  return { at: 1_000, event, run: 1, fence: 1, ...over };
}

/** Of a run in which everything went well, with these jobs in place of one. */
export function evidenceOf(jobs: StoredJob[] = [aDoneJob(1)], over: Partial<Evidence> = {}): Evidence {
  const numbers = jobs.map(({ record }) => Number.parseInt(record.jobId.slice(4), 16));
  const ids = jobs.map(({ record }) => record.jobId);
  return {
    promised: numbers.map((number) => aPromise(number)),
    jobs,
    objects: ids.flatMap((id) => [
      { bucket: 'audio', key: `ana/${id}/audio.wav` },
      { bucket: 'transcripts', key: `ana/${id}/r1-1/transcript.json` },
      { bucket: 'transcripts', key: `ana/${id}/r1-1/transcript.txt` },
    ]),
    texts: new Map(ids.map((id) => [`ana/${id}/r1-1/transcript.json`, 'What was said.'])),
    messages: [],
    mails: ids.map((id) => `${id}.r1.completed.mail`),
    listed: new Map([['ana', ids]]),
    foreignAnswers: [],
    counted: new Map([['ana', 2 * jobs.length]]),
    erased: true,
    notifierDeaths: 0,
    ends: ['COMPLETED'],
    ...over,
  };
}
