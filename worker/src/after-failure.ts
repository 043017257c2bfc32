import {
  announce,
  failedAttempt,
  failureCodeOf,
  interrupted,
  type JobChange,
  type JobRecord,
  type Outcome,
  sendSoon,
} from '@verbatim/domain';
import { type Lease, LeaseLost } from './steps/hold-lease.ts';
import type { WorkerPorts } from './worker-ports.ts';

/**
 * The one place that decides what follows when a job could not be brought to its end:
 * - the job was cancelled, deleted or taken over: nothing, it is no longer ours;
 * - the worker stops, or lost its message: hand back, no failure of the job;
 * - anything else: the failure is counted; the record says when the next attempt is due, or that there is none.
 *
 * When even that can't be written the error goes up: the message returns, and its lease runs out.
 */
export async function afterFailure(
  error: unknown,
  job: JobRecord,
  lease: Lease,
  ports: WorkerPorts,
): Promise<Outcome> {
  const { jobId } = job;
  const reason = lease.signal.aborted ? lease.signal.reason : error;
  if (reason instanceof LeaseLost) {
    ports.log.info({ event: 'job.dropped', jobId, why: reason.message });
    ports.metrics.jobs.inc({ outcome: 'dropped' });
    return 'done';
  }
  if (lease.signal.aborted) {
    await save(interrupted(job, ports.clock.now(), ports.times));
    ports.log.info({ event: 'job.handed_back', jobId, fence: job.fence });
    ports.metrics.jobs.inc({ outcome: 'handed_back' });
    return { returnInMs: 0 };
  }

  const code = failureCodeOf(error);
  const saved = await save(failedAttempt(job, code, ports.clock.now(), ports.times));
  ports.log.warn({
    event: 'job.attempt_failed',
    jobId,
    code,
    failures: job.failures + 1,
    error,
  });
  ports.metrics.jobs.inc({ outcome: saved?.status === 'FAILED' ? 'failed' : 'retry' });
  if (saved?.status === 'FAILED') {
    await sendSoon(announce(saved, ports.queue), (cause) =>
      ports.log.warn({ event: 'announcement.delayed', jobId, error: cause }),
    );
  }
  return 'done';

  /** Refused when the job moved on without us: then there is nothing left to decide. */
  function save(change: JobChange): Promise<JobRecord | null> {
    return ports.jobs.change(jobId, change);
  }
}
