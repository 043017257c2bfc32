import { type FileHandle, open } from 'node:fs/promises';
import { bytesPerSample, sampleRate, wavHeader, wavHeaderBytes } from './wav-file.ts';

/** How loud a recording is, frame by frame: the root mean square of its samples, 1 being full scale. */
export interface Loudness {
  frameSeconds: number;
  frames: Float32Array;
}

const frameSamples = 480;
const framesPerRead = 64;

/**
 * Reads a WAV file as `WavFile` writes them, once, in little memory: 33 frames for each second.
 * @throws Error when it is another kind of file; the signal's reason when it aborts
 */
export async function measureLoudness(wavPath: string, signal: AbortSignal): Promise<Loudness> {
  await using file = await open(wavPath);
  await mustBeOurs(file);
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

/** Everything in the header but the lengths. */
async function mustBeOurs(file: FileHandle): Promise<void> {
  const header = Buffer.alloc(wavHeaderBytes);
  await file.read(header, 0, header.length, 0);
  const format = (bytes: Buffer) => bytes.subarray(8, 40);
  if (!format(header).equals(format(wavHeader(0)))) throw new Error('not a WAV file of our own making');
}

function rootMeanSquare(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length) / 32_768;
}
