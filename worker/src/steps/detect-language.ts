import { writeFile } from 'node:fs/promises';
import type { JobRecord } from '@verbatim/domain';
import { measureLoudness } from '../audio/loudness.ts';
import { wavSlice } from '../audio/wav-slice.ts';
import { speechByEnergy, voiceStart } from '../engine/speech/speech-by-energy.ts';
import type { Span } from '../engine/speech/speech-map.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { Slice } from './split-into-chunks.ts';

/** As much as Whisper listens to at once. */
const sampleSeconds = 30;
/** The first sound may be music, or a door: so many places are listened to until there are words. */
const mostSamples = 3;

interface Place {
  trackPath: string;
  startSeconds: number;
  durationSeconds: number;
}

/**
 * What the recording begins to be spoken in, on whichever channel, so that all chunks are heard in the same language, whoever
 * takes them and in whatever order. Null when its user said so already, or where nothing is to be heard: then each chunk
 * finds out by itself.
 */
export async function detectLanguage(
  job: JobRecord,
  slices: Slice[],
  samplePath: string,
  lease: Lease,
  ports: WorkerPorts,
): Promise<JobRecord['detectedLanguage']> {
  if (job.options.language !== null) return null;

  const { signal } = lease;
  const attempt = job.failures + 1;
  for (const { trackPath, ...place } of await placesToListen(slices, signal)) {
    await writeFile(samplePath, wavSlice(trackPath, place));
    const { durationSeconds } = place;
    const sample = {
      wavPath: samplePath,
      durationSeconds,
      language: null,
      quality: 'fast' as const,
      attempt,
    };
    const heard = await ports.engine.transcribe(sample, { signal, onProgress: () => {} });
    if (heard.segments.length > 0) return { code: heard.language, probability: heard.languageProbability };
  }
  return null;
}

/** Where there is sound, the earliest first; without any, the beginning: what speech is the engine knows better. */
async function placesToListen(slices: Slice[], signal: AbortSignal): Promise<Place[]> {
  const places: Place[] = [];
  // The last slice of each track says where it ends.
  const ends = new Map(slices.map((slice) => [slice.trackPath, slice.startSeconds + slice.durationSeconds]));
  for (const [trackPath, trackSeconds] of ends) {
    const loudness = await measureLoudness(trackPath, signal);
    const sounds = speechByEnergy(loudness);
    const first = voiceStart(loudness) ?? sounds[0]?.start ?? 0;
    for (const startSeconds of startsOfSamples(first, sounds)) {
      const durationSeconds = Math.min(sampleSeconds, trackSeconds - startSeconds);
      places.push({ trackPath, startSeconds, durationSeconds });
    }
  }
  return places.toSorted((a, b) => a.startSeconds - b.startSeconds).slice(0, mostSamples);
}

/** The first voice, then the first sound that no sample before has held. */
function startsOfSamples(first: number, sounds: Span[]): number[] {
  const starts = [first];
  while (starts.length < mostSamples) {
    const heardTo = (starts.at(-1) ?? 0) + sampleSeconds;
    const next = sounds.find(({ end }) => end > heardTo);
    if (!next) break;
    starts.push(Math.max(next.start, heardTo));
  }
  return starts;
}
