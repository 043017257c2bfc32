import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeAudio } from '../engine/testing/written-audio.ts';
import { peaksJson } from './peaks.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-peaks-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function track(name: string, seconds: number, level: (seconds: number) => number): Promise<string> {
  return (await writeAudio(join(folder, name), seconds, level)).wavPath;
}

async function peaksOf(tracks: string[], seconds: number) {
  return JSON.parse(Buffer.concat(await Array.fromAsync(peaksJson(tracks, seconds))).toString());
}

it('is the lowest and the highest sample of each 50 ms, as 8-bit numbers', async () => {
  const levels = [0.5, -0.5, 1, -1];
  const wav = await track('one.wav', 0.2, (t) => levels[Math.floor(t * 20 + 1e-9)] ?? 0);
  expect(await peaksOf([wav], 0.2)).toEqual({
    ...{ version: 2, channels: 1, sample_rate: 16_000, samples_per_pixel: 800, bits: 8, length: 4 },
    data: [0, 64, -64, 0, 0, 127, -128, 0],
  });
});

it('has as many pairs as it says, of any length', async () => {
  for (const seconds of [0.01, 3.2, 3.21]) {
    const { length, data } = await peaksOf([await track('some.wav', seconds, () => 0.1)], seconds);
    expect(data).toHaveLength(2 * length);
    expect(length).toBe(Math.ceil(seconds / 0.05));
  }
});

it('shows whoever speaks, on either channel', async () => {
  const left = await track('left.wav', 8, (t) => (t < 4 ? 0.5 : 0));
  const right = await track('right.wav', 8, (t) => (t < 4 ? 0 : -0.25));
  const { length, data } = await peaksOf([left, right], 8);
  expect(length).toBe(160);
  expect(data.slice(0, 160)).toEqual(Array.from({ length: 80 }, () => [0, 64]).flat());
  expect(data.slice(160)).toEqual(Array.from({ length: 80 }, () => [-32, 0]).flat());
});
