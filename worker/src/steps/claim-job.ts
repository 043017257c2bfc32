import {
  announce,
  chunksToSend,
  claimed,
  countThroughput,
  type EpochMs,
  isCut,
  isFinal,
  type JobMessage,
  type JobRecord,
  type Lease,
  type Outcome,
  sendChunks,
} from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';

export type Claim =
  /** The job is ours until the lease ends. */
  | { kind: 'ours'; job: JobRecord }
  /** It has ended already. */
  | { kind: 'over'; job: JobRecord }
  /** Its recording is cut: what remains is done by chunks. */
  | { kind: 'cut'; job: JobRecord }
  /** Somebody else has it, it waits for its retry, or it is gone: nothing for this message to do. */
  | { kind: 'not-now'; why: string };

/** Takes the job by one conditional write. Whoever was first has it; the others read what became of it. */
export async function claimJob(message: JobMessage, messageId: string, ports: WorkerPorts): Promise<Claim> {
  const job = await ports.jobs.get(message.jobId);
  if (!job || job.erase) return { kind: 'not-now', why: 'unknown job' };
  if (job.run !== message.run) return { kind: 'not-now', why: 'an older run' };
  if (isFinal(job.status)) return { kind: 'over', job };

  if (isCut(job)) return { kind: 'cut', job };
  const now = ports.clock.now();
  const refusal = refusalOf(job, messageId, now);
  if (refusal) return { kind: 'not-now', why: refusal };

  const change = claimed(job, { worker: ports.workerId, messageId }, now, ports.times);
  const saved = await ports.jobs.change(job.jobId, change);
  if (!saved) return claimJob(message, messageId, ports);
  if (isFinal(saved.status)) {
    // It lost its last worker, which nobody had noticed yet.
    await countThroughput({ failed: 1 }, ports);
    return { kind: 'over', job: saved };
  }
  if (saved.status === 'QUEUED') return { kind: 'not-now', why: 'rests after an interruption' };

  ports.log.info({ event: 'job.claimed', jobId: job.jobId, run: saved.run, fence: saved.fence });
  return { kind: 'ours', job: saved };
}

function refusalOf(job: JobRecord, messageId: string, now: number): string | null {
  if (job.status === 'PENDING_UPLOAD') return 'no file yet';
  if (job.status === 'QUEUED') {
    // No message belongs to a job that waits for its retry: this one is a duplicate from before.
    return job.sends === 0 && (job.dueAt ?? 0) > now ? 'waits for its retry' : null;
  }
  return isTaken(job.lease, messageId, now) ? 'another worker has it' : null;
}

/** By a worker that may be alive. The holder's own message again means that its receiver is gone. */
export function isTaken(lease: Lease | null, messageId: string, now: EpochMs): boolean {
  return lease !== null && lease.until > now && lease.messageId !== messageId;
}

/** The message has done its duty; an announcement that is still owed is made on the way. */
export async function afterLostClaim(
  claim: Exclude<Claim, { kind: 'ours' }>,
  ports: WorkerPorts,
): Promise<Outcome> {
  if (claim.kind === 'cut') {
    // Whoever cut it may have died before all messages were out.
    const { job } = claim;
    await sendChunks(job, chunksToSend(job, ports.clock.now()), ports.queue);
  }
  if (claim.kind === 'over' && claim.job.owes.includes('announce')) await announce(claim.job, ports.queue);
  ports.metrics.jobs.inc({ outcome: 'not_claimed' });
  return 'done';
}
