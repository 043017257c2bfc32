import { open } from 'node:fs/promises';
import { bytesPerSample, sampleRate, wavHeaderBytes } from './wav-file.ts';

/** How loud a recording is, frame by frame: the root mean square of its samples, 1 being full scale. */
export interface Loudness {
  frameSeconds: number;
  frames: Float32Array;
}

const frameSamples = 480;
const framesPerRead = 64;

/** Reads a WAV file as `WavFile` writes them, once, in little memory: 33 frames for each second. */
export async function measureLoudness(wavPath: string, signal: AbortSignal): Promise<Loudness> {
  await using file = await open(wavPath);
  const { size } = await file.stat();
  const samples = Math.max(0, Math.floor((size - wavHeaderBytes) / bytesPerSample));
  const frames = new Float32Array(Math.ceil(samples / frameSamples));

  const piece = new Int16Array(frameSamples * framesPerRead);
  const bytes = new Uint8Array(piece.buffer);
  for (let first = 0; first < frames.length; first += framesPerRead) {
    signal.throwIfAborted();
    const position = wavHeaderBytes + first * frameSamples * bytesPerSample;
    const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
    const heard = piece.subarray(0, Math.floor(bytesRead / bytesPerSample));
    for (let start = 0; start < heard.length; start += frameSamples) {
      frames[first + start / frameSamples] = rootMeanSquare(heard.subarray(start, start + frameSamples));
    }
  }
  return { frameSeconds: frameSamples / sampleRate, frames };
}

/** The loudest frame between two times in seconds; 0 where there is none. */
export function loudestBetween({ frameSeconds, frames }: Loudness, start: number, end: number): number {
  const first = Math.max(0, Math.floor(start / frameSeconds));
  return frames.subarray(first, Math.ceil(end / frameSeconds)).reduce((a, b) => Math.max(a, b), 0);
}

function rootMeanSquare(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length) / 32_768;
}
