import {
  assembleTranscript,
  type JobRecord,
  measureParts,
  modelsOf,
  type Outcome,
  type StoredPart,
} from '@verbatim/domain';
import { completeJob } from './steps/complete-job.ts';
import { storeTranscript } from './steps/store-transcript.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** All parts were heard: one transcript, stored; then the job is COMPLETED and announced. @throws LeaseLost */
export async function finishJob(
  job: JobRecord,
  parts: StoredPart[],
  audio: Pick<JobRecord, 'durationSeconds' | 'truncated'>,
  signal: AbortSignal,
  ports: WorkerPorts,
): Promise<Outcome> {
  // Not always ours: other workers may have heard some of it, with another model.
  const { model, modelWarning } = modelsOf(parts) ?? ports.engine;
  const transcript = assembleTranscript(parts, {
    durationSeconds: audio.durationSeconds ?? 0,
    truncated: audio.truncated,
    model,
    modelWarning,
    detectedLanguage: job.detectedLanguage,
  });
  const stored = await storeTranscript(job, transcript, signal, ports);
  return completeJob(job, { transcript, stored, parts: measureParts(parts) }, ports);
}
