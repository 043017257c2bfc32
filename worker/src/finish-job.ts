import {
  assembleTranscript,
  type JobMeasures,
  type JobRecord,
  measureParts,
  modelsOf,
  type Outcome,
  type StoredPart,
  type TranscriptTimings,
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
  const durationSeconds = audio.durationSeconds ?? 0;
  // Not always ours: other workers may have heard some of it, with another model.
  const { model, modelWarning } = modelsOf(parts) ?? ports.engine;
  const assembled = assembleTranscript(parts, {
    durationSeconds,
    truncated: audio.truncated,
    model,
    modelWarning,
    detectedLanguage: job.detectedLanguage,
  });
  const now = ports.clock.now();
  const processingSeconds = (now - (job.startedAt ?? now)) / 1000;
  const measures = { ...measureParts(parts), processingSeconds };
  const timings = timingsOf(measures, durationSeconds);
  const transcript = { ...assembled, options: job.options, timings };
  const stored = await storeTranscript(job, transcript, signal, ports);
  return completeJob(job, { transcript, stored, measures }, ports);
}

function timingsOf(
  { processingSeconds, engineCpuSeconds }: JobMeasures,
  durationSeconds: number,
): TranscriptTimings {
  const realTimeFactor =
    durationSeconds > 0 ? Number((processingSeconds / durationSeconds).toFixed(4)) : null;
  return { processingSeconds, realTimeFactor, engineCpuSeconds };
}
