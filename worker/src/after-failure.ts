import {
  announce,
  countThroughput,
  describeError,
  failureCodeOf,
  type JobChange,
  type JobRecord,
  type Outcome,
  removeObjects,
  sendSoon,
} from '@verbatim/domain';
import type { ClaimedWork } from './steps/claimed-work.ts';
import { type Lease, LeaseLost } from './steps/hold-lease.ts';
import type { WorkerPorts } from './worker-ports.ts';

/**
 * The one place that decides what follows when a job, or a chunk of one, could not be brought to its end:
 * - the job was cancelled, deleted or taken over: nothing, it is no longer ours;
 * - the worker stops, or lost its message: hand back, no failure of the job;
 * - anything else: the failure is counted; the record says when the next attempt is due, or that there is none.
 *
 * When even that can't be written the error goes up: the message returns, and its lease runs out.
 */
export async function afterFailure(
  error: unknown,
  work: ClaimedWork,
  lease: Lease,
  ports: WorkerPorts,
): Promise<Outcome> {
  const { name } = work;
  const reason = lease.signal.aborted ? lease.signal.reason : error;
  if (reason instanceof LeaseLost) return afterLoss(reason.message, work, ports);
  if (lease.signal.aborted) {
    const saved = await save(work.interrupted(ports.clock.now()));
    ports.log.info({ event: 'job.handed_back', ...name });
    ports.metrics.jobs.inc({ outcome: 'handed_back' });
    if (saved?.status === 'FAILED') await countThroughput({ failed: 1 }, ports);
    return { returnInMs: 0 };
  }

  const code = failureCodeOf(error);
  const failure = { code, detail: describeError(error) };
  const seen = await ports.jobs.get(work.job.jobId);
  const isOurs = seen !== null && work.isStillOurs(seen);
  const saved = isOurs ? await save(work.failed(seen, failure, ports.clock.now())) : null;
  if (!saved) return afterLoss('the job moved on before its failure was counted', work, ports);
  ports.log.warn({ event: 'job.attempt_failed', ...name, code, error });
  ports.metrics.jobs.inc({ outcome: saved.status === 'FAILED' ? 'failed' : 'retry' });
  if (saved.status === 'FAILED') {
    await sendSoon(announce(saved, ports.queue), (cause) =>
      ports.log.warn({ event: 'announcement.delayed', ...name, error: cause }),
    );
    await countThroughput({ failed: 1 }, ports);
  }
  return 'done';

  /** Refused when the job moved on without us: then there is nothing left to decide. */
  function save(change: JobChange): Promise<JobRecord | null> {
    return ports.jobs.change(work.job.jobId, change);
  }
}

/** A worker that was frozen may store what it made after the last trace of its job was removed: then that goes too. */
export async function afterLoss(
  why: string,
  { job, name }: Pick<ClaimedWork, 'job' | 'name'>,
  ports: WorkerPorts,
): Promise<Outcome> {
  ports.log.info({ event: 'job.dropped', ...name, why });
  ports.metrics.jobs.inc({ outcome: 'dropped' });
  const left = await ports.jobs.get(job.jobId).catch(() => job);
  if (!left) await removeObjects(job, ports.objects);
  return 'done';
}
