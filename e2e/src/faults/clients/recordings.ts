import { wavBytes } from '../../drivers/wav-bytes.ts';

/** A recording that jobs are made of. */
export interface Recording {
  fileName: string;
  seconds: number;
  bytes: Uint8Array;
}

const rate = 8_000;

/** Short ones as most are, and one that is cut into chunks (CHUNK_SECONDS in `run-row.ts`). */
export const recordings: readonly Recording[] = [1, 1.5, 2, 2.5, 3].map(aRecording);
export const longRecording: Recording = aRecording(26);

/** A tone that rises and falls, of another pitch for each length, so that no two are alike and none is silence. */
export function aRecording(seconds: number): Recording {
  const data = Buffer.alloc(2 * Math.round(seconds * rate));
  for (let index = 0; index < data.length / 2; index++) {
    const time = index / rate;
    const loudness = 0.2 + 0.6 * Math.abs(Math.sin(3 * time));
    const tone = Math.sin(2 * Math.PI * (200 + 40 * seconds + 60 * Math.sin(2 * time)) * time);
    data.writeInt16LE(Math.round(32_000 * loudness * tone), 2 * index);
  }
  return { fileName: `tone-${seconds}s.wav`, seconds, bytes: wavBytes({ rate, data }) };
}
