import { writeFile } from 'node:fs/promises';
import type { JobRecord } from '@verbatim/domain';
import { measureLoudness } from '../audio/loudness.ts';
import { wavSlice } from '../audio/wav-slice.ts';
import { speechByEnergy } from '../engine/speech/speech-by-energy.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { Slice } from './split-into-chunks.ts';

/** As much as Whisper listens to at once. */
const sampleSeconds = 30;

/**
 * What the recording begins to be spoken in, so that all chunks are heard in the same language, whoever takes them and in
 * whatever order. Null when its user said so already, or where nothing is to be heard: then each chunk finds out by itself.
 */
export async function detectLanguage(
  job: JobRecord,
  slices: Slice[],
  samplePath: string,
  lease: Lease,
  ports: WorkerPorts,
): Promise<JobRecord['detectedLanguage']> {
  const [first] = slices;
  if (job.options.language !== null || !first) return null;

  const startSeconds = await firstSound(first.trackPath, lease.signal);
  const lastSlice = slices.at(-1) ?? first;
  const trackSeconds = lastSlice.startSeconds + lastSlice.durationSeconds;
  const durationSeconds = Math.min(sampleSeconds, trackSeconds - startSeconds);
  await writeFile(samplePath, wavSlice(first.trackPath, { startSeconds, durationSeconds }));
  const { signal } = lease;
  const attempt = job.failures + 1;
  const sample = { wavPath: samplePath, durationSeconds, language: null, quality: 'fast' as const, attempt };
  const heard = await ports.engine.transcribe(sample, { signal, onProgress: () => {} });
  return heard.segments.length === 0
    ? null
    : { code: heard.language, probability: heard.languageProbability };
}

async function firstSound(wavPath: string, signal: AbortSignal): Promise<number> {
  const [first] = speechByEnergy(await measureLoudness(wavPath, signal));
  return first?.start ?? 0;
}
