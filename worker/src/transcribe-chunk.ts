import {
  allChunksDone,
  type ChunkMessage,
  type JobRecord,
  type Outcome,
  readHeardChunks,
  storeHeardChunk,
} from '@verbatim/domain';
import { afterFailure, afterLoss } from './after-failure.ts';
import { finishJob } from './finish-job.ts';
import { claimChunk } from './steps/claim-chunk.ts';
import { claimedChunk } from './steps/claimed-work.ts';
import { completeChunk } from './steps/complete-chunk.ts';
import { fetchChunk } from './steps/fetch-chunk.ts';
import { hear } from './steps/hear.ts';
import { holdLease, LeaseLost } from './steps/hold-lease.ts';
import { openWorkFolder } from './steps/work-folder.ts';
import type { Delivery } from './transcribe-job.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** One chunk of a long recording. Whoever then sees all of them done, for the first time or again, puts the job together. */
export async function transcribeChunk(
  message: ChunkMessage,
  delivery: Delivery,
  ports: WorkerPorts,
): Promise<Outcome> {
  const claim = await claimChunk(message, delivery.messageId, ports);
  if (claim.kind === 'not-now') return 'done';
  if (claim.kind === 'done') return finishIfAllDone(claim.job, delivery, ports);

  const { job } = claim;
  const index = message.chunk;
  const work = claimedChunk(job, index, ports.times);
  let after: JobRecord;
  {
    await using lease = holdLease(work, delivery.signal, ports);
    try {
      await using folder = await openWorkFolder(ports.workDir);
      const audio = await fetchChunk(job, index, folder, lease, ports);
      const attempt = (job.chunks[index]?.failures ?? 0) + 1;
      const heard = await hear({ ...audio, attempt }, job, lease, ports);
      const access = { objects: ports.objects, signal: lease.signal };
      await storeHeardChunk(job, index, heard, access);
      after = await completeChunk(job, index, ports);
    } catch (error) {
      return await afterFailure(error, work, lease, ports);
    }
  }
  return finishIfAllDone(after, delivery, ports);
}

/**
 * Two workers may see the last chunk done: both put together the same transcript, and one of them completes the job. What
 * goes wrong here is no failure of a chunk: the message returns, and the reconciler sends another if it is lost.
 */
async function finishIfAllDone(job: JobRecord, { signal }: Delivery, ports: WorkerPorts): Promise<Outcome> {
  if (!allChunksDone(job)) return 'done';
  const parts = await readHeardChunks(job, { objects: ports.objects, signal });
  try {
    return await finishJob(job, parts, job, signal, ports);
  } catch (error) {
    if (error instanceof LeaseLost)
      return afterLoss(error.message, { job, name: { jobId: job.jobId } }, ports);
    throw error;
  }
}
