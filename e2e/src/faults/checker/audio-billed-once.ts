import type { JobRecord } from '@verbatim/domain';
import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** Decoders round to a block of samples. */
const toleranceSeconds = 0.1;

/**
 * I5: a completed job is worth its recording's seconds, once: one completion a run, the length that was sent, charged
 * once, and not counted against its user's hours a second time.
 */
export function audioBilledOnce(evidence: Evidence): Violation[] {
  const secondsOf = new Map(evidence.promised.map((job) => [job.jobId, job.recordingSeconds]));
  const ofJobs = evidence.jobs.flatMap(({ record, history }): Violation[] => {
    const { jobId, status } = record;
    const found: Violation[] = [];
    const runs = history.filter(({ event }) => event === 'job.completed').map(({ run }) => run);
    if (new Set(runs).size < runs.length) {
      found.push({ invariant: 'I5', harm: 'doubled', jobId, what: 'it was completed twice in one run' });
    }
    const expected = secondsOf.get(jobId);
    if (status !== 'COMPLETED' || expected === undefined || record.erase) return found;
    return [...found, ...billedOtherwise(record, expected)];
  });
  return [...ofJobs, ...countedAgain(evidence)];
}

function billedOtherwise({ jobId, durationSeconds, audioCharge }: JobRecord, expected: number): Violation[] {
  const broken = (what: string): Violation => ({ invariant: 'I5', harm: 'broken', jobId, what });
  if (durationSeconds === null || Math.abs(durationSeconds - expected) > toleranceSeconds) {
    return [broken(`${durationSeconds} s are billed for a recording of ${expected} s`)];
  }
  // Whole seconds, rounded up.
  const charged = audioCharge?.seconds ?? 0;
  if (charged < expected - toleranceSeconds || charged > expected + 1 + toleranceSeconds) {
    return [broken(`${charged} s are charged for a recording of ${expected} s`)];
  }
  return [];
}

/** A crash between the record and the count may leave a job uncounted; nothing counts it twice. */
function countedAgain({ promised, jobs, counted }: Evidence): Violation[] {
  const records = new Map(jobs.map(({ record }) => [record.jobId, record]));
  return [...(counted ?? [])].flatMap(([userId, seconds]): Violation[] => {
    const most = promised
      .filter((job) => job.userId === userId)
      .map(({ jobId, fate, recordingSeconds }) => {
        const record = records.get(jobId);
        if (record) return record.audioCharge?.seconds ?? 0;
        return fate === 'abandon' ? 0 : Math.ceil(recordingSeconds);
      })
      .reduce((sum, charge) => sum + charge, 0);
    if (seconds <= most) return [];
    const what = `${seconds} s count against the hours of ${userId}, for ${most} s of recordings`;
    return [{ invariant: 'I5', harm: 'doubled', jobId: null, what }];
  });
}
