import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wavHeaderBytes } from '../audio/wav-file.ts';
import { babble, writeAudio } from '../engine/testing/written-audio.ts';
import { aWorkerWithAJob, hello, type WorkerWorld } from '../testing/worker-world.ts';
import { detectLanguage } from './detect-language.ts';
import type { Lease } from './hold-lease.ts';

const lease = { signal: new AbortController().signal } as Lease;
let world: WorkerWorld;
/** How loud each sample began, in its first tenth of a second. */
let beginnings: number[];
beforeEach(async () => {
  world = await aWorkerWithAJob();
  beginnings = [];
});
afterEach(() => world[Symbol.asyncDispose]());

/** Which of the samples hold words. */
function hears(...words: boolean[]): void {
  world.engine.hears = async (_, { wavPath }) => {
    const pcm = (await readFile(wavPath)).subarray(wavHeaderBytes, wavHeaderBytes + 3_200);
    beginnings.push(Math.max(...Array.from({ length: 1_600 }, (_, at) => pcm.readInt16LE(2 * at))));
    return words[beginnings.length - 1] ? { ...hello, language: 'es' } : { ...hello, segments: [] };
  };
}

/** Two channels of 100 s, cut in the middle. */
async function slicesOf(...levels: ((seconds: number) => number)[]) {
  const slices = [];
  for (const [channel, level] of levels.entries()) {
    const trackPath = join(world.workDir, `${channel}.wav`);
    await writeAudio(trackPath, 100, level);
    for (const startSeconds of [0, 50])
      slices.push({ channel, startSeconds, durationSeconds: 50, trackPath });
  }
  return slices;
}

const detected = async (slices: Awaited<ReturnType<typeof slicesOf>>) =>
  await detectLanguage(world.job, slices, join(world.workDir, 'sample.wav'), lease, world.ports);

it('listens where somebody speaks first, on whichever channel', async () => {
  hears(true);
  const slices = await slicesOf(
    (t) => (t < 80 ? 0 : babble(t)),
    (t) => (t < 20 ? 0 : babble(t)),
  );
  expect(await detected(slices)).toEqual({ code: 'es', probability: 0.98 });
  expect(world.engine.inputs).toMatchObject([{ durationSeconds: 30, language: null }]);
  expect(beginnings[0]).toBeGreaterThan(1_000);
});

it('listens again further on where the first sound was no speech', async () => {
  hears(false, true);
  expect(await detected(await slicesOf(babble))).toMatchObject({ code: 'es' });
  expect(world.engine.inputs).toHaveLength(2);
});

it('gives up after a few places: then each chunk finds out by itself', async () => {
  hears();
  expect(await detected(await slicesOf(babble, babble))).toBeNull();
  expect(world.engine.inputs).toHaveLength(3);
});
