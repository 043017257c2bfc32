/** A recording that jobs are made of. */
export interface Recording {
  fileName: string;
  seconds: number;
  bytes: Uint8Array;
}

const sampleRate = 8_000;

/** Short ones as most are, and one that is cut into chunks (CHUNK_SECONDS in `run-row.ts`). */
export const recordings: readonly Recording[] = [1, 1.5, 2, 2.5, 3].map(aRecording);
export const longRecording: Recording = aRecording(26);

/**
 * A tone that rises and falls, of another pitch for each length, so that no two are alike and none is silence.
 * WAV: RIFF, 16-bit mono PCM (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0").
 */
export function aRecording(seconds: number): Recording {
  const samples = Math.round(seconds * sampleRate);
  const bytes = new Uint8Array(44 + 2 * samples);
  const view = new DataView(bytes.buffer);
  const ascii = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  ascii(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, 2 * samples, true);
  for (let index = 0; index < samples; index++) {
    const time = index / sampleRate;
    const loudness = 0.2 + 0.6 * Math.abs(Math.sin(3 * time));
    const tone = Math.sin(2 * Math.PI * (200 + 40 * seconds + 60 * Math.sin(2 * time)) * time);
    view.setInt16(44 + 2 * index, Math.round(32_000 * loudness * tone), true);
  }
  return { fileName: `tone-${seconds}s.wav`, seconds, bytes };
}
