import { createReadStream } from 'node:fs';
import { bytesPerSample, sampleRate, wavHeader, wavHeaderBytes } from './wav-file.ts';

/**
 * A stretch of a WAV file as `WavFile` writes them, as a WAV file of its own, in pieces. Whole samples: what one slice
 * leaves out the next one begins with.
 */
export async function* wavSlice(
  wavPath: string,
  { startSeconds, durationSeconds }: { startSeconds: number; durationSeconds: number },
): AsyncGenerator<Uint8Array> {
  const offset = Math.round(startSeconds * sampleRate) * bytesPerSample;
  const bytes = Math.round((startSeconds + durationSeconds) * sampleRate) * bytesPerSample - offset;
  yield wavHeader(bytes);
  if (bytes === 0) return;
  const start = wavHeaderBytes + offset;
  yield* createReadStream(wavPath, { start, end: start + bytes - 1 });
}
