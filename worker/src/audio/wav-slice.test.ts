import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bytesPerSample, sampleRate, WavFile, wavHeader, wavHeaderBytes } from './wav-file.ts';
import { wavSlice } from './wav-slice.ts';

const samples = 10 * sampleRate + 7;
const seconds = samples / sampleRate;
let folder: string;
let track: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-slices-'));
  track = join(folder, 'track.wav');
  await using wav = await WavFile.create(track);
  await wav.append(randomBytes(samples * bytesPerSample));
  await wav.finish();
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['at the edges of frames', [0.03 * 33, 0.03 * 71, 0.03 * 299]],
  ['anywhere', [0.1 + 0.2, Math.PI, 7.777_777_7, 9.999_99]],
  ['not at all', []],
])('slices of a recording cut %s are the recording: no sample lost, none twice', async (_, cuts) => {
  const pcm: Buffer[] = [];
  for (const [index, startSeconds] of [0, ...cuts].entries()) {
    const durationSeconds = (cuts[index] ?? seconds) - startSeconds;
    const slice = Buffer.concat(await Array.fromAsync(wavSlice(track, { startSeconds, durationSeconds })));
    const heard = slice.subarray(wavHeaderBytes);
    expect(slice.subarray(0, wavHeaderBytes).equals(wavHeader(heard.length)), 'its header').toBe(true);
    pcm.push(heard);
  }
  const whole = (await readFile(track)).subarray(wavHeaderBytes);
  expect(Buffer.concat(pcm).equals(whole)).toBe(true);
});
