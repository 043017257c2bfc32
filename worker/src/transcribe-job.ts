import type { JobMessage, Outcome } from '@verbatim/domain';
import { afterFailure } from './after-failure.ts';
import { finishJob } from './finish-job.ts';
import { chargeAudio } from './steps/charge-audio.ts';
import { afterLostClaim, claimJob } from './steps/claim-job.ts';
import { claimedJob } from './steps/claimed-work.ts';
import { handOut } from './steps/hand-out-chunks.ts';
import { hear } from './steps/hear.ts';
import { holdLease } from './steps/hold-lease.ts';
import { probeAudio } from './steps/probe-audio.ts';
import { splitIntoChunks } from './steps/split-into-chunks.ts';
import { openWorkFolder } from './steps/work-folder.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** The delivery that a job or a chunk came with. */
export interface Delivery {
  messageId: string;
  /** Aborts when the message is no longer ours or the worker stops. */
  signal: AbortSignal;
}

/**
 * One job, from the claim to the announcement; a long one to its chunks, which any worker takes from there
 * (`transcribe-chunk.ts`). A claim that is lost on the way changes nothing any more.
 */
export async function transcribeJob(
  message: JobMessage,
  delivery: Delivery,
  ports: WorkerPorts,
): Promise<Outcome> {
  const claim = await claimJob(message, delivery.messageId, ports);
  if (claim.kind !== 'ours') return afterLostClaim(claim, ports);

  const { job } = claim;
  const work = claimedJob(job, ports.times);
  await using lease = holdLease(work, delivery.signal, ports);
  try {
    await using folder = await openWorkFolder(ports.workDir);
    const audio = await probeAudio(job, folder, lease, ports);
    await chargeAudio(job, audio.durationSeconds, ports);
    const slices = await splitIntoChunks(audio, lease, ports);
    const [only, ...others] = slices;
    if (!only || others.length > 0) {
      return await handOut(job, slices, audio, folder, lease, ports);
    }
    const { trackPath: wavPath, durationSeconds } = only;
    const attempt = job.failures + 1;
    const heard = await hear({ wavPath, durationSeconds, attempt }, job, lease, ports);
    return await finishJob(job, [{ ...only, heard }], audio, lease.signal, ports);
  } catch (error) {
    return await afterFailure(error, work, lease, ports);
  }
}
