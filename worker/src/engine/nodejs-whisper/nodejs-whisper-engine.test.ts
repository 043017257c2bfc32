import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as oneTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@verbatim/adapters';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { speechFinder } from '../speech/find-speech.ts';
import { decodedSample } from '../testing/decoded-sample.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { processesNaming } from '../testing/processes.ts';
import { demoModel, samplePath, whisperServerPath } from '../testing/real-programs.ts';
import { babble, writeAudio } from '../testing/written-audio.ts';
import type { EngineInput, EngineResult } from '../transcription-engine.ts';
import {
  type NodejsWhisperEngine,
  type NodejsWhisperOptions,
  openNodejsWhisperEngine,
} from './nodejs-whisper-engine.ts';

// Seconds of real work each, on cores that others use too.
vi.setConfig({ testTimeout: 60_000 });

/** The real package with the real program and the demo model. */
const log = createLogger('test', { LOG_LEVEL: 'silent' });
const never = new AbortController().signal;
const ignore = () => undefined;
const patiently = { timeout: 20_000 };
const staged = 'nodejs-whisper-';

let folder: string;
let guards: ChildGuards;
let engine: NodejsWhisperEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-fallback-'));
  guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
});
afterEach(async () => {
  await engine.stop();
  await vi.waitUntil(async () => (await processesNaming(join(folder, staged))).length === 0, patiently);
  expect((await readdir(folder)).filter((name) => name.startsWith(staged))).toEqual([]);
});
afterAll(() => rm(folder, { recursive: true }));

async function opened(options: Partial<NodejsWhisperOptions> = {}): Promise<NodejsWhisperEngine> {
  const serverPath = await whisperServerPath();
  const plan = { slots: 1, threads: 1 };
  const findSpeech = speechFinder({ serverPath, guards, log });
  engine = await openNodejsWhisperEngine({
    ...{ serverPath, model: demoModel, findSpeech, plan, guards, log },
    ...options,
  });
  await engine.start();
  return engine;
}

/** With a program in whisper-cli's place. */
async function withCli(script: string): Promise<NodejsWhisperEngine> {
  await writeFile(join(folder, 'whisper-cli'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'whisper-cli'), 0o755);
  const model = await fakeModel(join(folder, 'model.bin'));
  return await opened({ serverPath: join(folder, 'whisper-server'), model });
}

async function hear(name: string, options: Partial<EngineInput> = {}, onProgress = ignore as () => void) {
  const input = { ...(await decodedSample(name, folder, guards)), language: null, ...options };
  return await engine.transcribe(input, { signal: never, onProgress });
}

async function hearBabble() {
  const audio = await writeAudio(join(folder, 'babble.wav'), 2, babble);
  return await engine.transcribe({ ...audio, language: 'en' }, { signal: never, onProgress: ignore });
}

const textOf = ({ segments }: EngineResult) => segments.map(({ text }) => `${text}\n`).join('');
const truthOf = (name: string) => readFile(samplePath(name.replace(/\.\w+$/, '.txt')), 'utf8');

describe('NodejsWhisperEngine', () => {
  it.each([
    ['en-short.wav', 'en'],
    ['es-short.wav', 'es'],
  ])('hears every word of %s, and the language', async (name, language) => {
    await opened();
    const result = await hear(name);
    expect(textOf(result)).toBe(await truthOf(name));
    expect(result).toMatchObject({ language, repetitionsCollapsed: false });
    expect(result.languageProbability).toBeGreaterThan(0.9);
    expect(result.cpuSeconds).toBeGreaterThan(0);
    for (const segment of result.segments) {
      expect(segment.words.map(({ word }) => word).join(' ')).toBe(segment.text);
      expect(segment.confidence).toBeGreaterThan(0.9);
    }
  });

  it('builds nothing and leaves nothing in the package', async () => {
    await opened();
    const source = dirname(fileURLToPath(import.meta.resolve('nodejs-whisper/package.json')));
    await hear('en-short.wav');
    expect(existsSync(join(source, 'cpp/whisper.cpp/build'))).toBe(false);
    expect(process.cwd()).not.toContain('whisper');
  });

  it('takes language, task and quality', async () => {
    await opened();
    const result = await hear('es-short.wav', { language: 'es', task: 'transcribe', quality: 'best' });
    expect(result).toMatchObject({ language: 'es', languageProbability: null });
    expect(textOf(result)).toBe(await truthOf('es-short.wav'));
    await expect(hear('es-short.wav', { language: 'klingon' })).rejects.toMatchObject({
      code: 'engine.refused',
    });
  });

  it('reports progress, and starts nothing for silence', async () => {
    await opened();
    const reports: number[] = [];
    const input = { ...(await decodedSample('en-one-minute.mp3', folder, guards)), language: 'en' };
    await engine.transcribe(input, { signal: never, onProgress: (seconds) => reports.push(seconds) });
    expect(reports.length).toBeGreaterThanOrEqual(2);
    expect(reports).toEqual(reports.toSorted((a, b) => a - b));
    expect(await hear('silence.wav')).toMatchObject({ segments: [], silenceShare: 1 });
  });

  it('lets neither the name of a file nor a prompt reach a shell as commands', async () => {
    await opened({ model: { ...demoModel, demo: false } });
    const { wavPath, durationSeconds } = await decodedSample('en-short.wav', folder, guards);
    const evilPath = join(folder, 'a" $(touch ..; cd ..; touch pwned) \'b.wav');
    await copyFile(wavPath, evilPath);
    const pwned = join(folder, 'pwned');
    const prompt = `it's "quoted" $(touch ${pwned}) \`touch ${pwned}\` '; touch ${pwned}; '`;
    const input = { wavPath: evilPath, durationSeconds, language: 'en', prompt };
    await engine.transcribe(input, { signal: never, onProgress: ignore });
    expect(existsSync(pwned)).toBe(false);

    const evilFolder = join(folder, '$(touch pwned)');
    await mkdir(evilFolder);
    await copyFile(wavPath, join(evilFolder, 'audio.wav'));
    const elsewhere = { ...input, wavPath: join(evilFolder, 'audio.wav') };
    const refused = engine.transcribe(elsewhere, { signal: never, onProgress: ignore });
    await expect(refused).rejects.toThrow('mislead a shell');
    expect(existsSync(pwned)).toBe(false);
  });

  it('says what is missing', async () => {
    await opened();
    const options = { serverPath: join(folder, 'nothing', 'whisper-server') };
    await expect(opened(options)).rejects.toThrow('whisper-cli');
  });
});

describe('NodejsWhisperEngine, with a program that', () => {
  const answer = JSON.stringify({
    result: { language: 'en' },
    transcription: [{ offsets: { from: 0, to: 2_000 }, text: ' error: no', tokens: [] }],
  });
  /** Its arguments hold `-f` and the path of the audio. */
  const writeAnswer = `while [ "$1" != -f ]; do shift; done; echo '${answer}' > "$2.json"`;

  it('hears the word "error:", gives what was said', async () => {
    await withCli(`echo 'error: no'; ${writeAnswer}`);
    expect(textOf(await hearBabble())).toBe('error: no\n');
  });

  it('dies once, is started once more', async () => {
    await withCli(`[ -e '${folder}/died' ] || { touch '${folder}/died'; kill -9 $$; }; ${writeAnswer}`);
    expect(textOf(await hearBabble())).toBe('error: no\n');
  });

  it.each([
    ['dies', 'kill -9 $$'],
    ['fails', 'exit 3'],
    ['leaves no answer', 'exit 0'],
    ['leaves nonsense', 'while [ "$1" != -f ]; do shift; done; echo "my secret words" > "$2.json"'],
  ])('%s twice, fails with its own code', async (_, script) => {
    await withCli(script);
    const failure = await hearBabble().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'JobFailure', code: 'engine.crashed' });
    expect(String(failure)).not.toContain('secret');
  });
});

describe('NodejsWhisperEngine, cancelled,', () => {
  it('ends all its processes and is free within 5 s', async () => {
    await opened();
    const cancel = new AbortController();
    let cancelledAt = 0;
    const onProgress = () => {
      cancelledAt ||= performance.now();
      cancel.abort(new Error('cancelled'));
    };
    const input = { ...(await decodedSample('sample.mp3', folder, guards)), language: 'en' };
    await expect(engine.transcribe(input, { signal: cancel.signal, onProgress })).rejects.toThrow(
      'cancelled',
    );
    expect(performance.now() - cancelledAt).toBeLessThan(5_000);
    expect(await processesNaming(join(folder, staged))).toEqual([]);
    expect(textOf(await hear('en-short.wav'))).toBe(await truthOf('en-short.wav'));
  });

  it('begins nothing when that happens while it prepares', async () => {
    const opened = await withCli('exec sleep 30');
    const audio = await writeAudio(join(folder, 'babble.wav'), 2, babble);
    for (let turns = 0; turns < 40; turns += 2) {
      const cancel = new AbortController();
      const call = { signal: cancel.signal, onProgress: ignore };
      const heard = expect(opened.transcribe({ ...audio, language: 'en' }, call)).rejects.toThrow(
        'cancelled',
      );
      for (let turn = 0; turn < turns; turn++) await oneTurn();
      const cancelledAt = performance.now();
      cancel.abort(new Error('cancelled'));
      await heard;
      expect(performance.now() - cancelledAt).toBeLessThan(5_000);
    }
  });

  it('takes its processes with it when it is killed itself', async () => {
    await opened();
    const { wavPath, durationSeconds } = await decodedSample('sample.mp3', folder, guards);
    const options = { engine: 'nodejs-whisper', serverPath: await whisperServerPath(), model: demoModel };
    const script = `
      import { ChildGuards } from '${import.meta.resolve('../../child-process/child-guards.ts')}';
      import { openEngine } from '${import.meta.resolve('../open-engine.ts')}';
      const log = { warn() {} };
      const guards = await ChildGuards.find({ searchPath: process.env.PATH, log });
      const plan = { slots: 1, threads: 1 };
      const engine = await openEngine({ ...${JSON.stringify(options)}, plan, guards, log });
      const input = { wavPath: '${wavPath}', durationSeconds: ${durationSeconds}, language: 'en' };
      await engine.transcribe(input, { signal: new AbortController().signal, onProgress() {} });
    `;
    const parent = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: 'ignore',
    });
    const hears = (line: string) => line.includes('/whisper-cli');
    await vi.waitUntil(async () => {
      const lines = (await processesNaming(join(folder, staged))).map((pid) =>
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      );
      return (await Promise.all(lines)).some(hears);
    }, patiently);
    parent.kill('SIGKILL');
    await vi.waitUntil(async () => (await processesNaming(join(folder, staged))).length === 0, patiently);
    for (const name of await readdir(folder)) {
      if (name.startsWith(staged)) await rm(join(folder, name), { recursive: true });
    }
  });
});
