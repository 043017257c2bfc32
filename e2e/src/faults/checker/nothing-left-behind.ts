import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** I6: nothing is left of what was deleted, and nothing lies about that belongs to no job or to work that is over. */
export function nothingLeftBehind(evidence: Evidence): Violation[] {
  return [
    ...ofDeletedJobs(evidence),
    ...ofNoJob(evidence),
    ...evidence.messages.map((body) => left(null, 'broken', `a message is left: ${body.slice(0, 120)}`)),
  ];
}

function ofDeletedJobs({ promised, jobs, objects, erased }: Evidence): Violation[] {
  const records = new Map(jobs.map(({ record }) => [record.jobId, record]));
  const owners = new Set(objects.map(({ key }) => jobIdIn(key)));
  const deleted = promised.filter(({ withdrawn }) => withdrawn === 'deleted');
  return deleted.flatMap(({ jobId }): Violation[] => {
    const record = records.get(jobId);
    if (record && !record.erase) return [left(jobId, 'leaked', 'it was deleted, and its record lives on')];
    if (record && erased) return [left(jobId, 'leaked', 'it was deleted, and its tombstone never went')];
    // While the tombstone stands, the reconciler will look once more.
    return !record && owners.has(jobId) ? [left(jobId, 'leaked', 'objects are left of it')] : [];
  });
}

function ofNoJob({ promised, jobs, objects }: Evidence): Violation[] {
  const records = new Map(jobs.map(({ record }) => [record.jobId, record]));
  const known = new Set(promised.map(({ jobId }) => jobId));
  const strangers = jobs
    .filter(({ record }) => !known.has(record.jobId))
    .map(({ record }) => left(record.jobId, 'doubled', `nobody asked for it, and it is ${record.status}`));
  const orphans = objects.flatMap(({ bucket, key }): Violation[] => {
    const record = records.get(jobIdIn(key) ?? '');
    if (!record) return [left(null, 'leaked', `${bucket}/${key} belongs to no job`)];
    const workIsOver = record.dueAt === null && !record.erase;
    return key.startsWith('work/') && workIsOver
      ? [left(record.jobId, 'leaked', `${key} is left of work that is over`)]
      : [];
  });
  return [...strangers, ...orphans];
}

function jobIdIn(key: string): string | undefined {
  return /job_[0-9a-f]{32}/.exec(key)?.[0];
}

function left(jobId: string | null, harm: Violation['harm'], what: string): Violation {
  return { invariant: 'I6', harm, jobId, what };
}
