import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Loudness, measureLoudness } from './loudness.ts';
import { WavFile } from './wav-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-loudness-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function measured(samples: Int16Array) {
  const path = join(folder, 'a.wav');
  await using wav = await WavFile.create(path);
  await wav.append(new Uint8Array(samples.buffer));
  await wav.finish();
  return measureLoudness(path, new AbortController().signal);
}

const loudestBetween = ({ frames, frameSeconds }: Loudness, start: number, end: number) =>
  Math.max(0, ...frames.subarray(Math.floor(start / frameSeconds), Math.ceil(end / frameSeconds)));

describe('measureLoudness', () => {
  it('finds where a recording is loud, to 30 ms, beyond what it reads at once', async () => {
    // Given 10 s of silence with a square wave at a quarter of full scale from 6.0 to 6.3 s
    const samples = new Int16Array(160_000).fill(0);
    for (let i = 96_000; i < 100_800; i += 1) samples[i] = i % 2 ? 8_192 : -8_192;
    const loudness = await measured(samples);
    expect(loudness.frames).toHaveLength(Math.ceil(10 / 0.03));
    expect(loudestBetween(loudness, 0, 5.97)).toBe(0);
    expect(loudestBetween(loudness, 6, 6.3)).toBeCloseTo(0.25);
    expect(loudestBetween(loudness, 6.33, 10)).toBe(0);
  });

  it('counts a last piece that is shorter than a frame', async () => {
    const loudness = await measured(new Int16Array(100).fill(16_384));
    expect(loudness.frames).toHaveLength(1);
    expect(loudestBetween(loudness, 0, 1)).toBeCloseTo(0.5);
  });

  it('finds nothing in nothing', async () => {
    expect(loudestBetween(await measured(new Int16Array(0)), 0, 10)).toBe(0);
  });

  it('refuses a file of any other kind', async () => {
    const path = join(folder, 'a.ogg');
    await writeFile(path, `OggS${'\0'.repeat(200)}`);
    await expect(measureLoudness(path, new AbortController().signal)).rejects.toThrow('our own making');
  });
});
