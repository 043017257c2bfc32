import type { JobMessage, Outcome } from '@verbatim/domain';
import { afterFailure } from './after-failure.ts';
import { assembleTranscript } from './steps/assemble-transcript.ts';
import { afterLostClaim, claimJob } from './steps/claim-job.ts';
import { completeJob } from './steps/complete-job.ts';
import { holdLease } from './steps/hold-lease.ts';
import { probeAudio } from './steps/probe-audio.ts';
import { splitIntoChunks } from './steps/split-into-chunks.ts';
import { storeTranscript } from './steps/store-transcript.ts';
import { openWorkFolder } from './steps/work-folder.ts';
import { transcribeChunk } from './transcribe-chunk.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** The delivery that a job came with. */
export interface Delivery {
  messageId: string;
  /** Aborts when the message is no longer ours or the worker stops. */
  signal: AbortSignal;
}

/** One job, from the claim to the announcement. A claim that is lost on the way changes nothing any more. */
export async function transcribeJob(
  message: JobMessage,
  delivery: Delivery,
  ports: WorkerPorts,
): Promise<Outcome> {
  const claim = await claimJob(message, delivery.messageId, ports);
  if (claim.kind !== 'ours') return afterLostClaim(claim, ports);

  const { job } = claim;
  await using lease = holdLease(job, delivery.signal, ports);
  try {
    await using folder = await openWorkFolder(ports.workDir);
    const audio = await probeAudio(job, folder, lease, ports);
    const chunks = splitIntoChunks(audio);
    const parts = [];
    for (const chunk of chunks) parts.push(await transcribeChunk(chunk, job, lease, ports));

    const transcript = assembleTranscript(parts, audio.durationSeconds, ports);
    const stored = await storeTranscript(job, transcript, lease, ports);
    return await completeJob(job, transcript, stored, ports);
  } catch (error) {
    return await afterFailure(error, job, lease, ports);
  }
}
