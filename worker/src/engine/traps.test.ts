import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wavHeader } from '../audio/wav-file.ts';
import { ChildGuards } from '../child-process/child-guards.ts';
import { readSegments } from './answer/read-segments.ts';
import { openEngine } from './open-engine.ts';
import { Pace } from './pace.ts';
import { decodedSample } from './testing/decoded-sample.ts';
import { fakeModel } from './testing/fake-model.ts';
import { demoModel, samplePath, whisperServerPath } from './testing/real-programs.ts';
import { babble, noise, writeAudio } from './testing/written-audio.ts';
import type { EngineInput, EngineResult, TranscriptionEngine } from './transcription-engine.ts';
import {
  answerOf,
  fakeWhisperServer,
  readForm,
  saveForm,
} from './whisper-server/testing/fake-whisper-server.ts';

/** whisper.cpp's traps, each with what keeps us out of it. `fake` invents what the real server seldom does. */
const log = createLogger('test', { LOG_LEVEL: 'silent' });
const call = { signal: new AbortController().signal, onProgress: () => undefined };
let folder: string;
let guards: ChildGuards;
let engine: TranscriptionEngine | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-traps-'));
  guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
});
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});
afterAll(() => rm(folder, { recursive: true }));

const form = () => join(folder, 'form');

async function started(options: {
  serverPath: string;
  model: { name: string; path: string; demo: boolean };
}) {
  const plan = { slots: 1, threads: 1 };
  engine = await openEngine({ engine: 'whisper-server', ...options, plan, guards, log });
  await engine.start();
  return engine;
}

async function fake(...segments: { text: string; start: number; end: number }[]) {
  const atInference = `${saveForm(form())} ${answerOf(...segments)}`;
  const serverPath = await fakeWhisperServer(join(folder, 'whisper-server'), { atInference });
  const model = { ...(await fakeModel(join(folder, 'model.bin'))), demo: false };
  return await started({ serverPath, model });
}

async function real() {
  return await started({ serverPath: await whisperServerPath(), model: demoModel });
}

const heard = async (listener: TranscriptionEngine, audio: Omit<EngineInput, 'language'>) =>
  await listener.transcribe({ ...audio, language: null }, call);
const textsOf = ({ segments }: EngineResult) => segments.map(({ text }) => text);

describe('trap 1, whisper.cpp does not tell speech from silence and invents text there:', () => {
  const invented = { text: ' Thanks for watching!', start: 4, end: 6 };

  it.each([
    ['silence', () => 0],
    ['hiss', noise()],
    ['mains hum', (t: number) => 0.1 * Math.sin(2 * Math.PI * 50 * t)],
    ['a tone', (t: number) => 0.3 * Math.sin(2 * Math.PI * 1_000 * t)],
  ])('it is not even asked about %s', async (_, level) => {
    await rm(form(), { force: true });
    const audio = await writeAudio(join(folder, 'audio.wav'), 6, level);
    const result = await heard(await fake(invented), audio);
    expect(result).toMatchObject({ segments: [], language: 'und', silenceShare: 1, cpuSeconds: 0 });
    await expect(readForm(form())).rejects.toThrow('ENOENT');
  });

  it('what it says of a silent stretch is dropped, what it says of speech is kept', async () => {
    const said = { text: ' Hello.', start: 1, end: 3 };
    const audio = await writeAudio(join(folder, 'audio.wav'), 6, (t) => (t >= 1 && t < 3 ? babble(t) : 0));
    expect(textsOf(await heard(await fake(said, invented), audio))).toEqual(['Hello.']);
  });

  it('where no word is left, no language was spoken', async () => {
    const knock = await writeAudio(join(folder, 'audio.wav'), 6, (t) => (t >= 1 && t < 1.1 ? babble(t) : 0));
    const nothing = { segments: [], language: 'und', languageProbability: null };
    expect(await heard(await fake(invented), knock)).toMatchObject(nothing);
  });
});

describe('trap 2, word times come from the shortened audio where the server cuts silence out:', () => {
  it('it is not asked to', async () => {
    await heard(await fake(), await writeAudio(join(folder, 'audio.wav'), 2, babble));
    expect(Object.keys(await readForm(form())).filter((name) => name.startsWith('vad'))).toEqual([]);
  });

  it('a sentence after long pauses has the time at which it was said', { timeout: 60_000 }, async () => {
    const result = await heard(await real(), await decodedSample('en-pauses.mp3', folder, guards));
    const truth: { segments: { text: string; start: number }[] } = JSON.parse(
      await readFile(samplePath('en-pauses.json'), 'utf8'),
    );
    const late = result.segments.filter(({ start }) => start > 60);
    const errors = late.map(({ text, words }) => {
      const said = truth.segments.find((segment) => segment.text === text && segment.start > 60);
      return Math.abs((words[0]?.start ?? 0) - (said?.start ?? 0));
    });
    expect(errors.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...errors)).toBeLessThan(0.5);
  });
});

it('trap 3, lines break at 60 characters inside of words: the server is asked for lines without an end', async () => {
  await heard(await fake(), await writeAudio(join(folder, 'audio.wav'), 2, babble));
  expect(await readForm(form())).toMatchObject({ max_len: '100000' });
});

it('trap 4, its "words" are tokens: they are joined, and confidence is that of words and segments', () => {
  const tokens = [
    { word: ' trans', start: 0, end: 0.2, probability: 0.8 },
    { word: 'cript', start: 0.2, end: 0.5, probability: 0.4 },
    { word: ' now', start: 0.5, end: 0.8, probability: 0.5 },
  ];
  const answer = [{ text: ' transcript now', start: 0, end: 1, words: tokens }];
  const { segments } = readSegments(answer, { durationSeconds: 1, textLanguage: 'en' });
  expect(segments[0]?.words).toEqual([
    { word: 'transcript', start: 0, end: 0.5, confidence: (0.8 + 0.4) / 2 },
    { word: 'now', start: 0.5, end: 0.8, confidence: 0.5 },
  ]);
  expect(segments[0]?.confidence).toBeCloseTo(
    Math.exp((Math.log(0.8) + Math.log(0.4) + Math.log(0.5)) / 3),
    12,
  );
});

describe('trap 5, it falls into loops and counts beyond the end:', () => {
  it('what was said before does not feed the next window', async () => {
    await heard(await fake(), await writeAudio(join(folder, 'audio.wav'), 2, babble));
    expect(await readForm(form())).toMatchObject({ max_context: '0' });
  });

  it('a loop becomes one segment, and the result says so; times stay within the audio', async () => {
    const loop = [0, 1, 2, 3].map((start) => ({ text: ' So.', start, end: start + 1 }));
    const listener = await fake(...loop, { text: ' Bye.', start: 4, end: 30 });
    const result = await heard(listener, await writeAudio(join(folder, 'audio.wav'), 6, babble));
    expect(textsOf(result)).toEqual(['So.', 'Bye.']);
    expect(result).toMatchObject({ repetitionsCollapsed: true });
    expect(result.segments[1]).toMatchObject({ start: 4, end: 6, words: [{ start: 4, end: 6 }] });
  });
});

describe('trap 6, it names languages in English and takes any word for one:', () => {
  it('the code and its probability are those of the most probable', async () => {
    const audio = await writeAudio(join(folder, 'audio.wav'), 2, babble);
    const result = await heard(await fake({ text: ' Hello.', start: 0, end: 2 }), audio);
    expect(result).toMatchObject({ language: 'en', languageProbability: 0.8 });
  });

  it('a language that it does not know never reaches it', async () => {
    await rm(form(), { force: true });
    const audio = await writeAudio(join(folder, 'audio.wav'), 2, babble);
    const listener = await fake();
    for (const language of ['xx', 'english', 'auto', 'EN']) {
      const refused = listener.transcribe({ ...audio, language }, call);
      await expect(refused).rejects.toMatchObject({ code: 'engine.refused' });
    }
    await expect(readForm(form())).rejects.toThrow('ENOENT');
  });

  it('an excerpt of thirty seconds is enough to tell the language', { timeout: 60_000 }, async () => {
    const whole = await decodedSample('es-one-minute.ogg', folder, guards);
    const pcm = (await readFile(whole.wavPath)).subarray(44, 44 + 30 * 32_000);
    const wavPath = join(folder, 'excerpt.wav');
    await writeFile(wavPath, Buffer.concat([wavHeader(pcm.length), pcm]));
    const result = await heard(await real(), { wavPath, durationSeconds: 30, quality: 'fast' });
    expect(result.language).toBe('es');
    expect(result.languageProbability).toBeGreaterThan(0.9);
  });

  /** The first word comes after forty seconds. */
  async function lateSpanish(before: (seconds: number) => number) {
    const spoken = await decodedSample('es-one-minute.ogg', folder, guards);
    const audios = [await writeAudio(join(folder, 'before.wav'), 40, before), spoken];
    const pcm = await Promise.all(audios.map(async (audio) => (await readFile(audio.wavPath)).subarray(44)));
    const samples = Buffer.concat(pcm);
    const wavPath = join(folder, 'late.wav');
    await writeFile(wavPath, Buffer.concat([wavHeader(samples.length), samples]));
    return { wavPath, durationSeconds: 40 + spoken.durationSeconds };
  }

  it('forty seconds of nothing before the first word do not change it', { timeout: 60_000 }, async () => {
    const audio = await lateSpanish(() => 0);
    const { language, languageProbability, segments } = await heard(await real(), audio);
    expect(language).toBe('es');
    expect(languageProbability).toBeGreaterThan(0.9);
    expect(segments.at(-1)?.text).toBe('Mi número es diez cero diez cuatro.');
    expect(segments.at(-1)?.end).toBeGreaterThan(95);
  });

  it('nor does a noisy room', { timeout: 60_000 }, async () => {
    const hiss = noise();
    const restless = (t: number) => (t < 0.2 ? 0.5 : 0.06) * hiss() * (0.3 + Math.abs(Math.sin(7 * t)));
    const audio = await lateSpanish(restless);
    const reports: number[] = [];
    const result = await (await real()).transcribe(
      { ...audio, language: null },
      { ...call, onProgress: (seconds) => void reports.push(seconds) },
    );
    expect(result.language).toBe('es');
    expect(result.languageProbability).toBeGreaterThan(0.9);
    expect(result.segments.at(-1)?.text).toBe('Mi número es diez cero diez cuatro.');
    expect(reports[0]).toBeLessThan(40);
    expect((await readdir(folder)).filter((name) => name.startsWith('late.wav.'))).toEqual([]);
  });

  it('what it is given begins shortly before the first sound and is taken away again; times are moved by as much', async () => {
    const audio = await writeAudio(join(folder, 'audio.wav'), 60, (t) => (t < 41.5 ? 0 : babble(t)));
    const listener = await fake({ text: ' Hola.', start: 1.5, end: 2.25 });
    const result = await heard(listener, audio);
    expect(result.segments).toMatchObject([
      { start: 41.5, end: 42.25, words: [{ word: 'Hola.', start: 41.5, end: 42.25 }] },
    ]);
    expect(result.silenceShare).toBeCloseTo(41 / 60, 1);
    expect((await readdir(folder)).filter((name) => name.startsWith('audio.wav.'))).toEqual([]);
  });
});

it('trap 7, a noisy window may be decoded six times: so much time is left, and two minutes at least', () => {
  const pace = new Pace();
  for (let i = 0; i < 30; i += 1) pace.learn({ durationSeconds: 600, quality: 'balanced' }, 150);
  expect(pace.deadlineMs({ durationSeconds: 600, quality: 'balanced' }) / 1_000).toBeCloseTo(6 * 150, -1);
  expect(pace.deadlineMs({ durationSeconds: 5, quality: 'balanced' })).toBe(120_000);
});

it.each(['whisper-server', 'nodejs-whisper'] as const)(
  "trap 8, its decoder overflows on a stranger's file: %s is given nothing but PCM of our own",
  async (name) => {
    const wavPath = join(folder, 'audio.wav');
    await copyFile(samplePath('es-one-minute.ogg'), wavPath);
    const options = {
      serverPath: await whisperServerPath(),
      model: demoModel,
      plan: { slots: 1 },
      guards,
      log,
    };
    engine = await openEngine({ engine: name, ...options });
    await expect(heard(engine, { wavPath, durationSeconds: 60 })).rejects.toThrow('our own making');
  },
);

it('trap 9, word times are good to 0.3 s: words begin and end with their sentences', {
  timeout: 60_000,
}, async () => {
  const result = await heard(await real(), await decodedSample('en-one-minute.mp3', folder, guards));
  const truth: { segments: { start: number; end: number }[] } = JSON.parse(
    await readFile(samplePath('en-one-minute.json'), 'utf8'),
  );
  for (const [index, { words }] of result.segments.entries()) {
    expect(Math.abs((words[0]?.start ?? 0) - (truth.segments[index]?.start ?? 0))).toBeLessThan(0.3);
    expect(words.at(-1)?.end).toBeLessThan((truth.segments[index]?.end ?? 0) + 0.3);
  }
});
