import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { countPromptTokens } from '../count-prompt-tokens.ts';
import { speechFinder } from '../speech/find-speech.ts';
import { englishOnly, fakeModel } from '../testing/fake-model.ts';
import { demoModel, whisperServerPath } from '../testing/real-programs.ts';
import { babble, writeAudio } from '../testing/written-audio.ts';
import type { EngineInput } from '../transcription-engine.ts';
import { answerOf, fakeWhisperServer, readForm, saveForm } from './testing/fake-whisper-server.ts';
import { openWhisperServerEngine, type WhisperServerEngine } from './whisper-server-engine.ts';

/** What the real server does too seldom to wait for: a program in its place does it on request. */
const log = createLogger('test', { LOG_LEVEL: 'silent' });

let folder: string;
let engine: WhisperServerEngine | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-faults-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  await rm(folder, { recursive: true });
});

type Model = { name: string; path: string; demo?: boolean };

async function open(serverPath: string, model?: Model): Promise<WhisperServerEngine> {
  const guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
  engine = await openWhisperServerEngine({
    ...{ serverPath, plan: { slots: 1 }, guards, log },
    model: model ?? (await fakeModel(join(folder, 'model.bin'))),
    findSpeech: speechFinder({ serverPath, guards, log }),
  });
  return engine;
}

async function withFake(atInference: string, options: { atStart?: string; model?: Model } = {}) {
  const { atStart = '', model } = options;
  const opened = await open(await fakeWhisperServer(join(folder, 'server'), { atStart, atInference }), model);
  await opened.start();
  return opened;
}

/** Six seconds; something is to be heard from 1 to 3. */
async function hear(opened: WhisperServerEngine, options: Partial<EngineInput> = {}) {
  const audio = await writeAudio(join(folder, 'audio.wav'), 6, (t) => (t >= 1 && t < 3 ? babble(t) : 0));
  const call = { signal: new AbortController().signal, onProgress: () => undefined };
  return await opened.transcribe({ ...audio, language: null, ...options }, call);
}

describe('WhisperServerEngine, with a server that', () => {
  it('loses its port to another at the start, tries another port', async () => {
    const tried = join(folder, 'tried');
    const atStart = `if (!fs.existsSync('${tried}')) { fs.writeFileSync('${tried}', ''); exit(1, "couldn't bind to server socket"); }`;
    const opened = await withFake(answerOf({ text: ' Hello.', start: 1, end: 3 }), { atStart });
    expect((await hear(opened)).language).toBe('en');
  });

  it.each([
    [
      'runs out of memory',
      `exit(134, 'ggml_aligned_malloc: failed to allocate buffer');`,
      'engine.out_of_memory',
    ],
    ['falls over', `exit(139, '');`, 'engine.crashed'],
    ['fails inside', `answer(500, '{"error":"failed to process audio"}');`, 'engine.crashed'],
    ['is another program', `answer(404, '');`, 'engine.crashed'],
    ['refuses the audio', `answer(400, '{"error":"failed to read audio data"}');`, 'engine.refused'],
    ['answers nonsense', `answer(200, 'my secret words');`, 'engine.refused'],
    ['names no language', `answer(200, '{"segments":[]}');`, 'engine.refused'],
  ])('%s, fails with its own code', async (_, atInference, code) => {
    const opened = await withFake(atInference);
    const failure = await hear(opened).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'JobFailure', code });
    expect(String(failure)).not.toContain('secret');
  });

  it('is asked for the language where none is given, the audio last', async () => {
    const form = join(folder, 'form');
    const opened = await withFake(`${saveForm(form)} ${answerOf()}`);
    await hear(opened);
    const asked = await readForm(form);
    expect(asked).toMatchObject({ language: 'auto', translate: 'false' });
    expect(asked).not.toHaveProperty('prompt');
    expect(Object.keys(asked).at(-1)).toBe('file');
    expect(asked['file']).toHaveLength(44 + 192_000);

    await hear(opened, { language: 'es', task: 'translate' });
    expect(await readForm(form)).toMatchObject({ language: 'es', translate: 'true' });
  });

  it('tells the language, though its log may come later than its answer', async () => {
    const told = 'auto-detected language: es (p = 0.75)';
    const late = `setTimeout(() => fs.writeSync(2, '${told}\\n'), 100);`;
    const hola = '{"segments":[{"text":" Hola.","start":0,"end":1}]}';
    const opened = await withFake(`answer(200, '${hola}'); ${late}`);
    expect(await hear(opened)).toMatchObject({ language: 'es', languageProbability: 0.75 });
  });

  it.each([
    ['fast', { best_of: '1' }],
    ['balanced', { best_of: '2' }],
    ['best', { best_of: '2', beam_size: '5' }],
  ] as const)('is asked for %s quality in its own words', async (quality, words) => {
    const form = join(folder, 'form');
    const opened = await withFake(`${saveForm(form)} ${answerOf()}`);
    await hear(opened, { quality });
    const { best_of, beam_size } = await readForm(form);
    expect(JSON.parse(JSON.stringify({ best_of, beam_size }))).toEqual(words);
  });

  it('gets a prompt, and room for that and nothing else', async () => {
    const form = join(folder, 'form');
    const model = { ...demoModel, demo: false };
    const opened = await withFake(`${saveForm(form)} ${answerOf()}`, { model });
    await hear(opened, { prompt: 'Verbatim, Ana García\n' });
    const { prompt, carry_initial_prompt, max_context } = await readForm(form);
    expect(Buffer.from(prompt ?? '', 'latin1').toString()).toBe(' Verbatim, Ana García');
    expect(carry_initial_prompt).toBe('true');
    const tokens = await countPromptTokens(demoModel.path, ' Verbatim, Ana García');
    expect(max_context).toBe(String(tokens + 1));
  });

  it('knows English only, is not asked which language it hears', async () => {
    const form = join(folder, 'form');
    const opened = await withFake(`${saveForm(form)} ${answerOf()}`, {
      model: await fakeModel(join(folder, 'english.bin'), englishOnly),
    });
    expect(await hear(opened)).toMatchObject({ language: 'en', languageProbability: null });
    expect(await readForm(form)).toMatchObject({ language: 'en' });
    await expect(hear(opened, { language: 'es' })).rejects.toMatchObject({ code: 'engine.refused' });
  });
});

describe('openWhisperServerEngine', () => {
  it('says what is missing', async () => {
    await expect(open(join(folder, 'nothing'))).rejects.toThrow('WHISPER_SERVER');
    await expect(
      open(await whisperServerPath(), { name: 'none', path: join(folder, 'nothing') }),
    ).rejects.toThrow('ENOENT');
    await writeFile(join(folder, 'text.bin'), 'not a model');
    await expect(
      open(await whisperServerPath(), { name: 'text', path: join(folder, 'text.bin') }),
    ).rejects.toThrow('ggml');
  });

  it('does not start with a model that is cut off', async () => {
    const whole = await readFile(demoModel.path);
    await writeFile(join(folder, 'half.bin'), whole.subarray(0, whole.length / 2));
    const opened = await open(await whisperServerPath(), { name: 'half', path: join(folder, 'half.bin') });
    await expect(opened.start()).rejects.toThrow('does not start');
  });
});
