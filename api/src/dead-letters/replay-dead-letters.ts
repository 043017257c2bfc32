import type { DeadLetterQuery, JobRecord, Replayed } from '@verbatim/domain';
import type { AuditLog } from '../auth/audit-log.ts';
import type { Caller } from '../auth/caller.ts';
import { jobToLookInto } from '../jobs/get-job.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { startAfresh } from '../jobs/retry-job.ts';
import { Refused } from '../refused.ts';

export const mostAtOnce = 100;
const atATime = 10;

/** A new run of a job that was given up, by the rules of its user's own retry, and on record. @throws Refused */
export async function replayDeadLetter(
  jobId: string,
  caller: Caller,
  ports: JobPorts,
  audit: AuditLog,
): Promise<JobRecord> {
  const job = await deadLetterOf(jobId, caller, ports);
  const saved = await startAfresh(job, 'operator', ports);
  // It moved on meanwhile: decided anew from where it is now.
  if (!saved) return replayDeadLetter(jobId, caller, ports, audit);
  audit.write('dead_letter.replayed', caller, {
    jobId,
    run: saved.run,
    reason: job.deadLetter?.reason ?? '',
  });
  return saved;
}

/** @throws Refused */
export async function deadLetterOf(
  jobId: string,
  caller: Caller,
  ports: Pick<JobPorts, 'jobs'>,
): Promise<JobRecord> {
  const job = await jobToLookInto(jobId, caller, ports);
  if (!job.deadLetter) throw new Refused('dead_letter.unknown');
  return job;
}

export type Selection =
  | { jobIds: string[] }
  /** A page of all of them. The next page goes on where this one ended: each is tried once, also when it fails again. */
  | { all: true; query: Omit<DeadLetterQuery, 'limit'> };

/** Up to 100 of them. What can't be replayed, since it is no dead letter any more, keeps none of the others from it. */
export async function replayDeadLetters(
  selection: Selection,
  caller: Caller,
  ports: JobPorts,
  audit: AuditLog,
): Promise<Replayed> {
  const page =
    'all' in selection ? await ports.jobs.listDeadLetters({ ...selection.query, limit: mostAtOnce }) : null;
  const jobIds = 'jobIds' in selection ? [...new Set(selection.jobIds)] : (page?.items ?? []).map(idOf);
  const outcomes: ({ jobId: string; run: number } | { jobId: string; code: string })[] = [];
  for (let i = 0; i < jobIds.length; i += atATime) {
    const some = jobIds.slice(i, i + atATime).map(async (jobId) =>
      replayDeadLetter(jobId, caller, ports, audit).then(
        ({ run }) => ({ jobId, run }),
        (error: unknown) => {
          if (error instanceof Refused) return { jobId, code: error.code };
          throw error;
        },
      ),
    );
    outcomes.push(...(await Promise.all(some)));
  }
  const replayed = outcomes.filter((outcome) => 'run' in outcome);
  const notReplayed = outcomes.filter((outcome) => 'code' in outcome);
  const remaining = 'all' in selection ? await ports.jobs.countDeadLetters(selection.query) : null;
  return { replayed, notReplayed, nextCursor: page?.nextCursor ?? null, remaining };
}

function idOf({ jobId }: JobRecord): string {
  return jobId;
}
