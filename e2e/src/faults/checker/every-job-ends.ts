import { isFinal, type JobStatus } from '@verbatim/domain';
import type { Evidence, PromisedJob } from '../evidence/evidence.ts';
import type { StoredJob } from '../evidence/stored.ts';
import type { Violation } from './violation.ts';

/** I1: every accepted job reaches its end, the right one, and nothing about it is owed any more. */
export function everyJobEnds({ promised, jobs, ends, erased }: Evidence): Violation[] {
  const stored = new Map(jobs.map((job) => [job.record.jobId, job]));
  return promised.flatMap((job) => {
    if (job.withdrawn === 'deleted') return [];
    const found = endOf(job, stored.get(job.jobId), { ends, erased });
    return found ? [{ invariant: 'I1', jobId: job.jobId, ...found }] : [];
  });
}

function endOf(
  job: PromisedJob,
  stored: StoredJob | undefined,
  { ends, erased }: Pick<Evidence, 'ends' | 'erased'>,
): Pick<Violation, 'harm' | 'what'> | null {
  if (!stored) return { harm: 'lost', what: 'there is no record of it' };
  const { status, errorCode, owes, dueAt } = stored.record;
  const allowed = endsOf(job, ends);
  // Its form lives longer than most campaigns.
  if (job.fate === 'abandon' && !erased && status === 'PENDING_UPLOAD') return null;
  if (!isFinal(status)) return { harm: 'stuck', what: `it is ${status}` };
  if (!allowed.includes(status)) return { harm: 'lost', what: `it ended ${status} (${errorCode})` };
  if (owes.length > 0 || dueAt !== null) {
    return { harm: 'stuck', what: `it is ${status} and still owes ${owes.join(', ') || 'a look'}` };
  }
  return job.trouble ? { harm: 'stuck', what: `its client gave up: ${job.trouble}` } : null;
}

function endsOf({ fate, withdrawn }: PromisedJob, ends: JobStatus[]): JobStatus[] {
  if (fate === 'abandon') return ['EXPIRED'];
  // A cancellation whose answer was lost may have come too late, or not at all.
  if (fate === 'cancel' || withdrawn === 'canceled') return ['CANCELED', ...ends];
  return ends;
}
