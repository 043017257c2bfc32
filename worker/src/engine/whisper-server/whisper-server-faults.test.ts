import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WavFile } from '../../audio/wav-file.ts';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { fakeWhisperServer } from './testing/fake-whisper-server.ts';
import { demoModel, whisperServerPath } from './testing/real-programs.ts';
import { openWhisperServerEngine, type WhisperServerEngine } from './whisper-server-engine.ts';

/** What the real server does too seldom to wait for: a program in its place does it on request. */
const log = createLogger('test', { LOG_LEVEL: 'silent' });
const multilingual = 51_865;
const englishOnly = 51_864;

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

async function model(words = multilingual): Promise<{ name: string; path: string }> {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(0x67676d6c, 0);
  header.writeInt32LE(words, 4);
  await writeFile(join(folder, 'model.bin'), header);
  return { name: 'fake', path: join(folder, 'model.bin') };
}

async function open(serverPath: string, words?: number, path?: string): Promise<WhisperServerEngine> {
  const guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
  const chosen = path === undefined ? await model(words) : { name: 'fake', path };
  engine = await openWhisperServerEngine({ serverPath, model: chosen, plan: { slots: 1 }, guards, log });
  return engine;
}

async function withFake(atInference: string, options: { atStart?: string; words?: number } = {}) {
  const { atStart = '', words } = options;
  const opened = await open(await fakeWhisperServer(join(folder, 'server'), { atStart, atInference }), words);
  await opened.start();
  return opened;
}

/** Seconds 1 to 3 of 6 are a tone, the rest is silence. */
async function hear(opened: WhisperServerEngine, language: string | null = null) {
  const wavPath = join(folder, 'tone.wav');
  await using wav = await WavFile.create(wavPath);
  const tone = (index: number) => (index >= 16_000 && index < 48_000 ? Math.sin(index / 20) * 8_000 : 0);
  await wav.append(new Uint8Array(Int16Array.from({ length: 96_000 }, (_, index) => tone(index)).buffer));
  await wav.finish();
  return await opened.transcribe(
    { wavPath, durationSeconds: 6, language },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
}

const segment = (text: string, start: number, end: number) => ({
  ...{ text, start, end, words: [{ word: text, start, end, probability: 0.9 }] },
});
const answer = (...segments: object[]) =>
  `answer(200, ${JSON.stringify(JSON.stringify({ segments, language_probabilities: { es: 0.2, en: 0.8 } }))});`;

describe('WhisperServerEngine, with a server that', () => {
  it('speaks of silence, drops what was invented', async () => {
    const opened = await withFake(answer(segment(' Hello.', 1, 3), segment(' Thanks for watching!', 4, 6)));
    expect((await hear(opened)).segments.map(({ text }) => text)).toEqual(['Hello.']);
  });

  it('loses its port to another at the start, tries another port', async () => {
    const tried = join(folder, 'tried');
    const atStart = `if (!fs.existsSync('${tried}')) { fs.writeFileSync('${tried}', ''); exit(1, "couldn't bind to server socket"); }`;
    const opened = await withFake(answer(segment(' Hello.', 1, 3)), { atStart });
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

  it('is asked for what engine-notes.md says, the audio last', async () => {
    const form = join(folder, 'form');
    const opened = await withFake(`fs.writeFileSync('${form}', body, 'latin1'); ${answer()}`);
    await hear(opened);
    const asked = await fieldsOf(form);
    expect(asked).toMatchObject({ language: 'auto', no_language_probabilities: 'false', max_len: '100000' });
    expect(asked).not.toHaveProperty('vad');
    expect(Object.keys(asked).at(-1)).toBe('file');
    expect(asked['file']).toHaveLength(44 + 192_000);

    await hear(opened, 'es');
    expect(await fieldsOf(form)).toMatchObject({ language: 'es', no_language_probabilities: 'true' });
  });

  it('knows English only, is not asked which language it hears', async () => {
    const form = join(folder, 'form');
    const save = `fs.writeFileSync('${form}', body, 'latin1'); ${answer()}`;
    const opened = await withFake(save, { words: englishOnly });
    expect(await hear(opened)).toMatchObject({ language: 'en', languageProbability: null });
    expect(await fieldsOf(form)).toMatchObject({ language: 'en', no_language_probabilities: 'true' });
    await expect(hear(opened, 'es')).rejects.toMatchObject({ code: 'engine.refused' });
  });
});

describe('openWhisperServerEngine', () => {
  it('says what is missing', async () => {
    await expect(open(join(folder, 'nothing'))).rejects.toThrow('WHISPER_SERVER');
    await expect(open(await whisperServerPath(), 0, join(folder, 'nothing'))).rejects.toThrow('ENOENT');
    await writeFile(join(folder, 'text.bin'), 'not a model');
    await expect(open(await whisperServerPath(), 0, join(folder, 'text.bin'))).rejects.toThrow('ggml');
  });

  it('does not start with a model that is cut off', async () => {
    const whole = await readFile(demoModel.path);
    await writeFile(join(folder, 'half.bin'), whole.subarray(0, whole.length / 2));
    const opened = await open(await whisperServerPath(), 0, join(folder, 'half.bin'));
    await expect(opened.start()).rejects.toThrow('does not start');
  });
});

async function fieldsOf(path: string): Promise<Record<string, string>> {
  const body = await readFile(path, 'latin1');
  const boundary = body.slice(0, body.indexOf('\r\n'));
  const parts = body.split(`${boundary}`).slice(1, -1);
  return Object.fromEntries(
    parts.map((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n');
      return [/name="([^"]+)"/.exec(head)?.[1], rest.join('\r\n\r\n').replace(/\r\n$/, '')];
    }),
  );
}
