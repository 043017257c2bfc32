import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger } from '@verbatim/adapters';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildGuards } from '../child-process/child-guards.ts';
import { FfmpegDecoder } from './ffmpeg-decoder.ts';
import { findFfmpeg } from './find-ffmpeg.ts';

// Real work, on cores that others use too.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const searchPath = process.env['PATH'] ?? '';
const samples = fileURLToPath(new URL('../../../test_sample/', import.meta.url));
const speech = join(samples, 'en-one-minute.mp3');

let folder: string;
let ffmpeg: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-truncated-'));
  ffmpeg = await findFfmpeg({ ffmpegPath: undefined, searchPath });
});
afterAll(() => rm(folder, { recursive: true }));

const made = new Map<string, Promise<Buffer>>();

/** The bytes of a minute of speech as ffmpeg writes them with these options, to a file or to a pipe. */
function aMinute(name: string, options: string[] = []): Promise<Buffer> {
  const bytes = made.get(name) ?? makeAMinute(name, options);
  made.set(name, bytes);
  return bytes;
}

async function makeAMinute(name: string, options: string[]): Promise<Buffer> {
  const path = join(folder, name);
  const to = name.startsWith('piped.') ? ['-f', name.slice('piped.'.length), 'pipe:1'] : ['-y', path];
  const args = ['-nostdin', '-v', 'error', '-i', speech, ...options, ...to];
  const { stdout } = await promisify(execFile)(ffmpeg, args, { encoding: 'buffer', maxBuffer: 2 ** 24 });
  return stdout.length > 0 ? stdout : readFile(path);
}

const aPicture = ['-f', 'lavfi', '-i', 'testsrc=d=90:s=64x64:r=1', '-map', '0:a', '-map', '1:v'];
const cover = ['-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64:r=1', '-map', '0:a', '-map', '1:v', '-c:v', 'png'];
const indexFirst = ['-c:a', 'aac', '-movflags', 'faststart'];

describe.each([
  ['on PATH', searchPath],
  ['from npm', ''],
])('of a file that ends too early, with the ffmpeg %s,', (_, path) => {
  let decoder: FfmpegDecoder;
  beforeAll(async () => {
    const program = await findFfmpeg({ ffmpegPath: undefined, searchPath: path });
    const guards = await ChildGuards.find({ searchPath, log: createLogger('test', { LOG_LEVEL: 'silent' }) });
    decoder = new FfmpegDecoder({ ffmpeg: program, guards });
  });

  async function isTruncated(bytes: Uint8Array): Promise<boolean> {
    const source = join(folder, 'input.bin');
    await writeFile(source, bytes);
    const options = { maxSeconds: 7200, signal: new AbortController().signal };
    return (await decoder.decode(source, join(folder, 'audio.wav'), options)).truncated;
  }

  it.each<[string, string[]]>([
    ['cut.wav', []],
    ['cut.mp3', []],
    ['vbr.mp3', ['-q:a', '4']],
    ['cover.mp3', cover],
    ['cut.m4a', indexFirst],
    ['video.mp4', [...aPicture, ...indexFirst]],
    ['cut.flac', []],
    ['cut.aiff', []],
    ['cut.webm', []],
    ['cut.mka', []],
  ])('the decoder knows: %s', async (name, options) => {
    const whole = await aMinute(name, options);
    expect(await isTruncated(whole), 'the whole file').toBe(false);
    expect(await isTruncated(whole.subarray(0, 0.6 * whole.length)), 'six tenths of it').toBe(true);
  });

  it.each<[string, string[]]>([
    ['cut.ogg', []],
    ['cut.aac', ['-c:a', 'aac']],
    ['no-header.mp3', ['-write_xing', '0', '-q:a', '4']],
    ['piped.wav', []],
    ['piped.flac', []],
    ['piped.webm', []],
  ])('nobody can know where the format does not say how long it should be: %s', async (name, options) => {
    const whole = await aMinute(name, options);
    expect(await isTruncated(whole), 'the whole file').toBe(false);
    expect(await isTruncated(whole.subarray(0, 0.6 * whole.length)), 'six tenths of it').toBe(false);
  });

  it.each<[string, string[]]>([
    ['longer.mp4', [...aPicture, '-c:a', 'aac']],
    ['longer.webm', aPicture],
  ])('a picture that goes on after the sound is none: %s', async (name, options) => {
    expect(await isTruncated(await aMinute(name, options))).toBe(false);
  });

  it('a recorder that does not know how much it will be is none: a wav that claims 2 or 4 GB', async () => {
    const wav = Buffer.from(await aMinute('whole.wav'));
    for (const claim of [0x7fff_ffff, 0xffff_ffff, 0xffff_ff00]) {
      wav.writeUInt32LE(claim, wav.indexOf('data') + 4);
      expect(await isTruncated(wav)).toBe(false);
    }
  });

  it('every sample of up to seven minutes is whole', async () => {
    const names = (await readdir(samples)).filter((name) =>
      /^(?!sample1|en-twelve).*\.(mp3|m4a|ogg|wav)$/.test(name),
    );
    expect(names.length).toBeGreaterThanOrEqual(10);
    const truncated: string[] = [];
    for (const name of names)
      if (await isTruncated(await readFile(join(samples, name)))) truncated.push(name);
    expect(truncated).toEqual([]);
  });
});
