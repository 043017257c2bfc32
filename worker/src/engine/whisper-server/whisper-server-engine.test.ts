import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLogger } from '@verbatim/adapters';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { createWorkerMetrics } from '../../worker-metrics.ts';
import { Pace } from '../pace.ts';
import { speechFinder } from '../speech/find-speech.ts';
import { decodedSample } from '../testing/decoded-sample.ts';
import { isAlive, whisperChildrenOf } from '../testing/processes.ts';
import { demoModel, samplePath, whisperServerPath } from '../testing/real-programs.ts';
import type { EngineInput, EngineResult } from '../transcription-engine.ts';

import {
  openWhisperServerEngine,
  type WhisperServerEngine,
  type WhisperServerOptions,
} from './whisper-server-engine.ts';

// Seconds of real work each, on cores that others use too.
vi.setConfig({ testTimeout: 60_000 });

/** Real audio, the real program and the demo model, which knows the sentences of the samples. */
const searchPath = process.env['PATH'] ?? '';
const log = createLogger('test', { LOG_LEVEL: 'silent' });
const never = new AbortController().signal;
const ignore = () => undefined;
const patiently = { timeout: 20_000 };

let folder: string;
let guards: ChildGuards;
let engine: WhisperServerEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-engine-'));
  guards = await ChildGuards.find({ searchPath, log });
});
afterEach(async () => {
  await engine.stop();
  expect(await whisperChildrenOf(process.pid)).toEqual([]);
});
afterAll(() => rm(folder, { recursive: true }));

async function started(options: Partial<WhisperServerOptions> = {}): Promise<WhisperServerEngine> {
  const serverPath = await whisperServerPath();
  const plan = { slots: 1, threads: 1 };
  const findSpeech = speechFinder({ serverPath, guards, log });
  engine = await openWhisperServerEngine({
    ...{ serverPath, model: demoModel, findSpeech, plan, guards, log },
    ...options,
  });
  await engine.start();
  return engine;
}

const decoded = (name: string) => decodedSample(name, folder, guards);

async function hear(
  name: string,
  language: string | null = null,
  onProgress: (seconds: number) => void = ignore,
  options: Partial<EngineInput> = {},
) {
  const input = { ...(await decoded(name)), language, ...options };
  return engine.transcribe(input, { signal: never, onProgress });
}

const textOf = ({ segments }: EngineResult) => segments.map(({ text }) => `${text}\n`).join('');
const truthOf = (name: string) => readFile(samplePath(name.replace(/\.\w+$/, '.txt')), 'utf8');

describe('WhisperServerEngine', () => {
  it.each([
    ['en-short.wav', 'en'],
    ['es-short.wav', 'es'],
    ['en-meeting.m4a', 'en'],
  ])('hears every word of %s, and the language', async (name, language) => {
    await started();
    const result = await hear(name);
    expect(textOf(result)).toBe(await truthOf(name));
    expect(result.language).toBe(language);
    expect(result.languageProbability).toBeGreaterThan(0.9);
    expect(result.repetitionsCollapsed).toBe(false);
    expect(result.cpuSeconds).toBeGreaterThan(0);
  });

  it('hears a minute of Spanish with at most five words in a hundred wrong: the demo model is small', async () => {
    await started();
    const result = await hear('es-one-minute.ogg');
    const [heard, said] = [textOf(result), await truthOf('es-one-minute.ogg')].map((text) =>
      text.split(/\s+/),
    );
    const wrong = said?.filter((word, index) => word !== heard?.[index]).length ?? 0;
    expect(heard).toHaveLength(said?.length ?? 0);
    expect(wrong / (said?.length ?? 1)).toBeLessThan(0.05);
    expect(result.language).toBe('es');
  });

  it('gives times within the audio, in order, close to the true ones', async () => {
    await started();
    const { segments } = await hear('es-one-minute.ogg');
    const truth = JSON.parse(await readFile(samplePath('es-one-minute.json'), 'utf8'));
    let before = 0;
    for (const [index, segment] of segments.entries()) {
      expect(Math.abs(segment.start - truth.segments[index].start)).toBeLessThan(0.5);
      expect(segment.words.map(({ word }) => word).join(' ')).toBe(segment.text);
      for (const { start, end, confidence } of segment.words) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
        before = start;
      }
      expect(segment.end).toBeGreaterThan(segment.start);
      expect(before).toBeLessThanOrEqual(segment.end);
    }
    expect(segments.at(-1)?.end).toBeLessThanOrEqual(60);
  });

  it('reports progress that only grows, up to the whole length', async () => {
    await started();
    const reports: number[] = [];
    await hear('en-one-minute.mp3', null, (seconds) => reports.push(seconds));
    expect(reports.length).toBeGreaterThanOrEqual(2);
    expect(reports).toEqual(reports.toSorted((a, b) => a - b));
    expect(reports.at(-1)).toBeLessThanOrEqual(60.1);
  });

  it('hears nothing in silence, whatever the model would invent', async () => {
    await started();
    expect(await hear('silence.wav')).toMatchObject({ segments: [], language: 'und', silenceShare: 1 });
    expect(await hear('silence.wav', 'es')).toMatchObject({ segments: [], language: 'es' });
  });

  it('takes the language it is given, and refuses one that Whisper does not know', async () => {
    await started();
    const result = await hear('es-short.wav', 'es');
    expect(result).toMatchObject({ language: 'es', languageProbability: null });
    expect(textOf(result)).toBe(await truthOf('es-short.wav'));
    await expect(hear('es-short.wav', 'klingon')).rejects.toMatchObject({ code: 'engine.refused' });
  });

  it.each(['fast', 'balanced', 'best'] as const)('hears every word in the %s quality', async (quality) => {
    await started();
    const result = await hear('es-short.wav', null, ignore, { quality, task: 'transcribe' });
    expect(textOf(result)).toBe(await truthOf('es-short.wav'));
  });

  it('takes a prompt, and the wish for a translation: the model decides what they are worth', async () => {
    // The demo model gets no prompt as such, so it is presented as another; it never learnt to translate.
    await started({ model: { ...demoModel, demo: false } });
    const prompt = 'Words: Ana, the red door.';
    expect((await hear('en-short.wav', null, ignore, { prompt })).language).toBe('en');
    const translated = await hear('es-short.wav', null, ignore, { task: 'translate' });
    expect(translated.language).toBe('es');
    expect(translated.languageProbability).toBeGreaterThan(0.9);
  });

  it('drops a prompt for the demo model, which it would only confuse', async () => {
    await started();
    const result = await hear('en-short.wav', null, ignore, { prompt: 'Kubernetes, Verbatim.' });
    expect(textOf(result)).toBe(await truthOf('en-short.wav'));
  });

  it('works on as many recordings at once as it has slots; more wait, and may leave the line', async () => {
    await started({ plan: { slots: 2, threads: 1 } });
    expect(engine.slots).toBe(2);
    const input = { ...(await decoded('en-one-minute.mp3')), language: null };
    const call = { signal: never, onProgress: ignore };
    const three = [1, 2, 3].map(() => engine.transcribe(input, call));
    const leaving = new AbortController();
    const fourth = engine.transcribe(input, { signal: leaving.signal, onProgress: ignore });
    leaving.abort(new Error('left the line'));
    await expect(fourth).rejects.toThrow('left the line');
    const truth = await truthOf('en-one-minute.mp3');
    expect((await Promise.all(three)).map(textOf)).toEqual([truth, truth, truth]);
  });
});

it('WhisperServerEngine tells what each slot takes of memory, and nothing of one that has no child', async () => {
  await started({ plan: { slots: 2, threads: 1 } });
  const { size } = await stat(demoModel.path);
  await vi.waitUntil(async () => (await engine.memoryOfSlots()).every((bytes) => bytes !== null), patiently);
  for (const bytes of await engine.memoryOfSlots()) {
    expect(bytes).toBeGreaterThan(size);
    expect(bytes).toBeLessThan(30 * size);
  }
  const registry = new Registry();
  createWorkerMetrics(registry, engine);
  const shown = await registry.metrics();
  expect(shown).toMatch(/^verbatim_worker_engine_memory_bytes\{slot="0"\} \d{8,}$/m);
  expect(shown).toMatch(/^verbatim_worker_engine_memory_bytes\{slot="1"\} \d{8,}$/m);
  await engine.stop();
  expect(await engine.memoryOfSlots()).toEqual([null, null]);
  expect(await registry.metrics()).not.toContain('memory_bytes{');
});

describe('WhisperServerEngine, cancelled,', () => {
  it('is free within 5 s and works on', async () => {
    await started();
    const cancel = new AbortController();
    const long = { ...(await decoded('sample.mp3')), language: null };
    let cancelledAt = 0;
    const onProgress = () => {
      cancelledAt ||= performance.now();
      cancel.abort(new Error('cancelled'));
    };
    await expect(engine.transcribe(long, { signal: cancel.signal, onProgress })).rejects.toThrow('cancelled');
    expect(performance.now() - cancelledAt).toBeLessThan(5_000);
    expect(textOf(await hear('en-short.wav'))).toBe(await truthOf('en-short.wav'));
  });

  it('does not wait for a child that has stopped listening', async () => {
    await started();
    const [child = 0] = await whisperChildrenOf(process.pid);
    const cancel = new AbortController();
    const long = { ...(await decoded('en-one-minute.mp3')), language: null };
    const onProgress = () => {
      process.kill(child, 'SIGSTOP');
      cancel.abort(new Error('cancelled'));
    };
    await expect(engine.transcribe(long, { signal: cancel.signal, onProgress })).rejects.toThrow('cancelled');
    expect(await isAlive(child)).toBe(false);
    expect(textOf(await hear('en-short.wav'))).toBe(await truthOf('en-short.wav'));
  });

  it('ends a running call when it stops', async () => {
    await started();
    const stopping: Promise<void>[] = [];
    await expect(hear('en-one-minute.mp3', null, () => stopping.push(engine.stop()))).rejects.toThrow(
      'the engine stops',
    );
    await Promise.all(stopping);
    expect(await whisperChildrenOf(process.pid)).toEqual([]);
    await expect(hear('en-short.wav')).rejects.toThrow('the engine stops');
  });
});

describe('WhisperServerEngine, when a child dies,', () => {
  const kill = async () => {
    for (const pid of await whisperChildrenOf(process.pid)) process.kill(pid, 'SIGKILL');
  };

  it('begins the recording again, once, and tells nobody', async () => {
    await started();
    const killed: Promise<void>[] = [];
    const result = await hear('en-one-minute.mp3', null, () => {
      if (killed.length === 0) killed.push(kill());
    });
    expect(killed).toHaveLength(1);
    expect(textOf(result)).toBe(await truthOf('en-one-minute.mp3'));
  });

  it('gives up when the second dies too, and works again afterwards', async () => {
    await started();
    let over = false;
    const hearing = hear('en-one-minute.mp3').finally(() => {
      over = true;
    });
    hearing.catch(ignore);
    await vi.waitUntil(async () => {
      await kill();
      return over;
    }, patiently);
    await expect(hearing).rejects.toMatchObject({ name: 'JobFailure', code: 'engine.crashed' });
    expect(textOf(await hear('en-short.wav'))).toBe(await truthOf('en-short.wav'));
  });

  it('replaces one that died idle before anybody asks', async () => {
    await started();
    const [before = 0] = await whisperChildrenOf(process.pid);
    process.kill(before, 'SIGKILL');
    await vi.waitUntil(
      async () => (await whisperChildrenOf(process.pid)).some((pid) => pid !== before),
      patiently,
    );
  });

  it('fails a recording that takes too long, and kills the child that hangs on it', async () => {
    class Impatience extends Pace {
      override deadlineMs(): number {
        return 1_000;
      }
    }
    await started({ pace: new Impatience() });
    const [child = 0] = await whisperChildrenOf(process.pid);
    process.kill(child, 'SIGSTOP');
    await expect(hear('en-short.wav')).rejects.toMatchObject({ code: 'engine.timeout' });
    expect(await isAlive(child)).toBe(false);
  });

  it('takes its children with it when it is killed itself', async () => {
    await started();
    const options = {
      engine: 'whisper-server',
      serverPath: await whisperServerPath(),
      model: demoModel,
      plan: { slots: 2, threads: 1 },
    };
    const script = `
      import { ChildGuards } from '${import.meta.resolve('../../child-process/child-guards.ts')}';
      import { openEngine } from '${import.meta.resolve('../open-engine.ts')}';
      const log = { warn() {} };
      const guards = await ChildGuards.find({ searchPath: process.env.PATH, log });
      const engine = await openEngine({ ...${JSON.stringify(options)}, guards, log });
      await engine.start();
      console.log('ready');
      setInterval(() => {}, 1000);
    `;
    const parent = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface(parent.stdout), 'line');
    const children = await whisperChildrenOf(parent.pid ?? 0);
    expect(children).toHaveLength(2);
    parent.kill('SIGKILL');
    for (const child of children) await vi.waitUntil(async () => !(await isAlive(child)), patiently);
  });
});
