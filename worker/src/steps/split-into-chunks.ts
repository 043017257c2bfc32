import type { ProbedAudio } from './probe-audio.ts';

/** A slice of the recording that is transcribed by itself. */
export interface Chunk {
  index: number;
  startSeconds: number;
  durationSeconds: number;
  wavPath: string;
}

/** The recording as one chunk, whatever its length. */
export function splitIntoChunks(audio: ProbedAudio): Chunk[] {
  return [{ index: 0, startSeconds: 0, durationSeconds: audio.durationSeconds, wavPath: audio.wavPath }];
}
