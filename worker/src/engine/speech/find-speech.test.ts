import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildGuards } from '../../child-process/child-guards.ts';
import { demoModel, whisperServerPath } from '../testing/real-programs.ts';
import { sileroOfOneOpinion } from '../testing/silero-of-one-opinion.ts';
import { babble, writeAudio } from '../testing/written-audio.ts';
import { type FindSpeech, speechFinder } from './find-speech.ts';

const never = new AbortController().signal;
let folder: string;
let warnings: Record<string, unknown>[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-vad-'));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

async function finder(serverPath: string, vadModelPath?: string): Promise<FindSpeech> {
  const log = { warn: (line: Record<string, unknown>) => warnings.push(line) } as never;
  const guards = await ChildGuards.find({ searchPath: process.env['PATH'] ?? '', log });
  warnings = [];
  return speechFinder({ serverPath, vadModelPath, guards, log });
}

/** Beside a server's path, a program that says what whisper.cpp's examples/vad-speech-segments prints. */
async function withDetector(script: string): Promise<FindSpeech> {
  const program = `#!/bin/sh\necho "$@" >> '${folder}/asked'\n${script}\n`;
  await writeFile(join(folder, 'whisper-vad-speech-segments'), program, { mode: 0o755 });
  return await finder(join(folder, 'whisper-server'), join(folder, 'silero.bin'));
}
const printed = (...spans: string[]) =>
  ['', `Detected ${spans.length} speech segments:`, ...spans, ''].map((line) => `echo '${line}'`).join('\n');

const tenSeconds = (level: (seconds: number) => number = babble) =>
  writeAudio(join(folder, 'audio.wav'), 10, level);

describe('speechFinder', () => {
  it('goes by energy where no Silero model is given', async () => {
    const findSpeech = await finder(join(folder, 'whisper-server'));
    const speech = await findSpeech(await tenSeconds((t) => (t < 5 ? babble(t) : 0)), never);
    expect(speech.touches({ start: 4, end: 5 })).toBe(true);
    expect(speech.touches({ start: 6, end: 9 })).toBe(false);
    expect(speech.silenceShare).toBeCloseTo(0.5, 1);
  });

  it.each([
    ['speech', 0],
    ['no speech', 1],
  ] as const)("asks whisper.cpp's own program, and reads its answer: %s", async (opinion, silenceShare) => {
    const model = await sileroOfOneOpinion(join(folder, 'silero.bin'), opinion);
    const findSpeech = await finder(await whisperServerPath(), model);
    const speech = await findSpeech(await tenSeconds(), never);
    expect(speech.silenceShare).toBeCloseTo(silenceShare, 2);
    expect(speech.isEmpty).toBe(opinion === 'no speech');
    expect(warnings).toEqual([]);
  });

  it('believes the Silero model, which counts in hundredths of a second', async () => {
    const spans = [
      'Speech segment 0: start = 29.00, end = 221.00',
      'Speech segment 1: start = 380.00, end = 500.00',
    ];
    const findSpeech = await withDetector(printed(...spans));
    const speech = await findSpeech(await tenSeconds(), never);
    expect(speech.silenceShare).toBe(0.688);
    expect(speech.touches({ start: 2.6, end: 3.4 })).toBe(false);
    expect(speech.touches({ start: 3, end: 4 })).toBe(true);
    expect(speech.touches({ start: 5.2, end: 6 })).toBe(true);
    expect(speech.touches({ start: 5.4, end: 10 })).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('hears no speech at all where the Silero model hears none', async () => {
    const findSpeech = await withDetector(printed());
    expect(await findSpeech(await tenSeconds(), never)).toMatchObject({ isEmpty: true, silenceShare: 1 });
  });

  it('does not ask it about silence', async () => {
    const findSpeech = await withDetector('exit 1');
    expect((await findSpeech(await tenSeconds(() => 0), never)).isEmpty).toBe(true);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['fails', 'exit 2'],
    ['dies', 'kill -9 $$'],
    ['only prints its usage, and calls that a success', 'echo usage >&2'],
    ['stops in the middle', "echo 'Detected 2 speech segments:'"],
  ])('warns once and goes by energy when its program %s', async (_, script) => {
    const findSpeech = await withDetector(script);
    const audio = await tenSeconds();
    expect((await findSpeech(audio, never)).silenceShare).toBe(0);
    expect((await findSpeech(audio, never)).silenceShare).toBe(0);
    expect(warnings).toMatchObject([{ event: 'vad.given_up' }]);
  });

  it('warns once and goes by energy when the program or its model is missing', async () => {
    const missing = await finder(join(folder, 'whisper-server'), join(folder, 'silero.bin'));
    expect((await missing(await tenSeconds(), never)).silenceShare).toBe(0);
    expect(warnings).toHaveLength(1);
    const notSilero = await finder(await whisperServerPath(), demoModel.path);
    expect((await notSilero(await tenSeconds(), never)).silenceShare).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  it('ends the program when its caller gives up, and does not hold that against it', async () => {
    const findSpeech = await withDetector('sleep 60');
    const leaving = new AbortController();
    const finding = findSpeech(await tenSeconds(), leaving.signal);
    setTimeout(() => leaving.abort(new Error('cancelled')), 100);
    await expect(finding).rejects.toThrow('cancelled');
    expect(warnings).toEqual([]);
  });
});
