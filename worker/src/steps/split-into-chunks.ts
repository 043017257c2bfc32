import { measureLoudness } from '../audio/loudness.ts';
import { planCuts } from '../audio/plan-cuts.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { ProbedAudio } from './probe-audio.ts';

/** A slice of a track that is transcribed by itself. */
export interface Slice {
  channel: number | null;
  startSeconds: number;
  durationSeconds: number;
  /** The whole track that it is a slice of. */
  trackPath: string;
}

/** Each track cut at its quietest places, every ten minutes or so; a short one is one slice. */
export async function splitIntoChunks(
  { tracks, durationSeconds }: ProbedAudio,
  lease: Lease,
  { chunkSeconds }: WorkerPorts,
): Promise<Slice[]> {
  const slices: Slice[] = [];
  for (const { channel, wavPath: trackPath } of tracks) {
    const loudness = await measureLoudness(trackPath, lease.signal);
    const cuts = planCuts(loudness, durationSeconds, chunkSeconds);
    for (const [index, startSeconds] of [0, ...cuts].entries()) {
      const end = cuts[index] ?? durationSeconds;
      slices.push({ channel, startSeconds, durationSeconds: end - startSeconds, trackPath });
    }
  }
  return slices;
}
