import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { openEngine } from '../open-engine.ts';
import { isAlive, processesNaming } from '../testing/processes.ts';
import { babble, noise, writeAudio } from '../testing/written-audio.ts';
import type { EngineInput, TranscriptionEngine } from '../transcription-engine.ts';
import type { PlannedFailure, Simulation } from './simulation.ts';

const log = createLogger('test', { LOG_LEVEL: 'silent' });

let folder: string;
let engine: TranscriptionEngine | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-simulated-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  await rm(folder, { recursive: true });
});

async function started(told: Partial<Simulation> = {}): Promise<TranscriptionEngine> {
  await engine?.stop();
  const guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
  // The seed is in the command line of its process, which is found by it.
  const simulation = { realTimeFactor: 0, seed: folder, failures: [], deadlineSeconds: 0.5, ...told };
  engine = await openEngine({ engine: 'simulated', simulation, plan: { slots: 1 }, guards, log });
  await engine.start();
  return engine;
}

const call = { signal: new AbortController().signal, onProgress: () => undefined };
const tenSeconds = (level: (t: number) => number = babble) =>
  writeAudio(join(folder, 'audio.wav'), 10, level);
const always = (kind: PlannedFailure['kind']) => [{ kind, share: 1, attempts: null }];

describe('the simulated engine', { timeout: 30_000 }, () => {
  it('says the same of the same audio, whichever process is asked and however often', async () => {
    const input: EngineInput = { ...(await tenSeconds()), language: null };
    const text = async (told: Partial<Simulation>, attempt: number) =>
      (await (await started(told)).transcribe({ ...input, attempt }, call)).segments;
    const first = await text({ seed: 'one' }, 1);
    expect(await text({ seed: 'one' }, 2)).toEqual(first);
    expect(await text({ seed: 'two' }, 1)).not.toEqual(first);
  });

  it('says something else of other audio', async () => {
    const opened = await started();
    const first = await opened.transcribe({ ...(await tenSeconds()), language: 'en' }, call);
    const second = await opened.transcribe({ ...(await tenSeconds(noise())), language: 'en' }, call);
    expect(second.segments).not.toEqual(first.segments);
  });

  it('speaks the language that was asked for, in words with times within the audio', async () => {
    const opened = await started();
    const { language, segments } = await opened.transcribe({ ...(await tenSeconds()), language: 'es' }, call);
    expect(language).toBe('es');
    const words = segments.flatMap((segment) => segment.words);
    expect(words.length).toBeGreaterThan(10);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(10);
    expect(Math.min(...words.map(({ confidence }) => confidence))).toBeGreaterThanOrEqual(0.6);
  });

  it('says first of all, and by its names, that nothing of it is real', async () => {
    const opened = await started();
    const { segments } = await opened.transcribe({ ...(await tenSeconds()), language: 'en' }, call);
    expect(segments[0]?.text).toBe('Simulated text.');
    expect(opened).toMatchObject({ name: 'simulated', model: 'simulated', modelWarning: 'simulated' });
  });

  it('works as long as it is told, and reports how far it is', async () => {
    const opened = await started({ realTimeFactor: 0.03 });
    const seen: number[] = [];
    const begun = performance.now();
    const onProgress = (seconds: number) => seen.push(seconds);
    await opened.transcribe({ ...(await tenSeconds()), language: 'en' }, { ...call, onProgress });
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(3);
  });

  it.each([
    ['transient', 'engine.crashed'],
    ['permanent', 'engine.refused'],
    ['crash', 'engine.crashed'],
    ['hang', 'engine.timeout'],
    ['memory', 'engine.out_of_memory'],
  ] as const)('%s: fails with %s, and has a new process for the next recording', async (kind, code) => {
    const opened = await started({ failures: [{ kind, share: 1, attempts: 1 }] });
    const input = { ...(await tenSeconds()), language: 'en' };
    await expect(opened.transcribe({ ...input, attempt: 1 }, call)).rejects.toMatchObject({ code });
    expect((await opened.transcribe({ ...input, attempt: 2 }, call)).segments).not.toEqual([]);
  });

  it('is killed with its whole group when it hangs beyond the deadline', async () => {
    const opened = await started({ failures: always('hang') });
    const hanging = await processesNaming(folder);
    expect(hanging).toHaveLength(1);
    const heard = opened.transcribe({ ...(await tenSeconds()), language: 'en' }, call);
    await expect(heard).rejects.toMatchObject({ code: 'engine.timeout' });
    expect(await Promise.all(hanging.map(isAlive))).toEqual([false]);
  });

  it('frees its slot when the call is aborted, at work or hanging', async () => {
    for (const told of [{ realTimeFactor: 100 }, { failures: always('hang'), deadlineSeconds: 600 }]) {
      const opened = await started(told);
      const abort = new AbortController();
      const heard = opened.transcribe(
        { ...(await tenSeconds()), language: 'en' },
        { ...call, signal: abort.signal },
      );
      const begun = performance.now();
      abort.abort(new Error('cancelled'));
      await expect(heard).rejects.toThrow('cancelled');
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });
});
