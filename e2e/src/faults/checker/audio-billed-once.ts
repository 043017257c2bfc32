import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** Decoders round to a block of samples. */
const toleranceSeconds = 0.1;

/** I5: a completed job is worth its recording's seconds, once: one completion a run, and the length that was sent. */
export function audioBilledOnce({ promised, jobs }: Evidence): Violation[] {
  const secondsOf = new Map(promised.map((job) => [job.jobId, job.recordingSeconds]));
  return jobs.flatMap(({ record, history }): Violation[] => {
    const { jobId, status, durationSeconds } = record;
    const found: Violation[] = [];
    const runs = history.filter(({ event }) => event === 'job.completed').map(({ run }) => run);
    if (new Set(runs).size < runs.length) {
      found.push({ invariant: 'I5', harm: 'doubled', jobId, what: 'it was completed twice in one run' });
    }
    const expected = secondsOf.get(jobId);
    if (status !== 'COMPLETED' || expected === undefined || record.erase) return found;
    if (durationSeconds === null || Math.abs(durationSeconds - expected) > toleranceSeconds) {
      const what = `${durationSeconds} s are billed for a recording of ${expected} s`;
      found.push({ invariant: 'I5', harm: 'broken', jobId, what });
    }
    return found;
  });
}
