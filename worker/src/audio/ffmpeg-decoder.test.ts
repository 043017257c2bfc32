import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger } from '@verbatim/adapters';
import { failureCodeOf } from '@verbatim/domain';
import { liveBufferBytes } from '@verbatim/domain/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChildGuards } from '../child-process/child-guards.ts';
import { audioCodecs } from './audio-codecs.ts';
import { FfmpegDecoder } from './ffmpeg-decoder.ts';
import { findFfmpeg } from './find-ffmpeg.ts';

const searchPath = process.env['PATH'] ?? '';
const sample = (name: string) => fileURLToPath(new URL(`../../../test_sample/${name}`, import.meta.url));
const never = new AbortController().signal;

// Real work, on cores that others use too.
vi.setConfig({ testTimeout: 30_000 });

let ffmpeg: string;
let decoder: FfmpegDecoder;
let folder: string;

beforeAll(async () => {
  ffmpeg = await findFfmpeg({ ffmpegPath: undefined, searchPath });
  const guards = await ChildGuards.find({ searchPath, log: createLogger('test', { LOG_LEVEL: 'silent' }) });
  decoder = new FfmpegDecoder({ ffmpeg, guards });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-decoder-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);

/** Makes a file with ffmpeg, unrestricted. */
async function make(name: string, ...args: string[]): Promise<string> {
  await promisify(execFile)(ffmpeg, ['-nostdin', '-v', 'error', ...args, at(name)]);
  return at(name);
}

/** Decodes as a job does: under a fixed name in a folder of its own. */
async function decode(path: string, { maxSeconds = 7_200, signal = never } = {}) {
  const source = at('input.bin');
  if (path !== source) await copyFile(path, source);
  return decoder.decode(source, at('audio.wav'), { maxSeconds, signal });
}

async function decodeBytes(bytes: Uint8Array | string, options = {}) {
  await writeFile(at('input.bin'), bytes);
  return decode(at('input.bin'), options);
}

describe('FfmpegDecoder', () => {
  it('writes 16 kHz mono 16-bit WAV whose header tells the truth', async () => {
    const { durationSeconds } = await decode(sample('en-short.wav'));
    expect(durationSeconds).toBeCloseTo(4.97, 1);

    const wav = await readFile(at('audio.wav'));
    const pcmBytes = durationSeconds * 32_000;
    expect(wav.length).toBe(44 + pcmBytes);
    expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(wav.readUInt32LE(4)).toBe(36 + pcmBytes);
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([1, 1, 16_000]);
    expect([wav.readUInt32LE(28), wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([32_000, 2, 16]);
    expect(wav.readUInt32LE(40)).toBe(pcmBytes);
  });

  it.each(['en-one-minute.mp3', 'es-one-minute.ogg', 'en-meeting.m4a', 'en-two-channels.ogg'])(
    'decodes all of %s',
    async (name) => {
      const truth = JSON.parse(await readFile(sample(name.replace(/\.\w+$/, '.json')), 'utf8'));
      const { durationSeconds } = await decode(sample(name));
      expect(Math.abs(durationSeconds - truth.duration)).toBeLessThan(0.1);
    },
  );

  it.each([
    ['x.flac', []],
    ['x.aac', ['-c:a', 'aac']],
    ['x.webm', []],
    ['x.wma', ['-c:a', 'wmav2']],
    ['x.aiff', []],
    ['x.caf', []],
    ['x.mp4', ['-c:a', 'aac']],
  ])('decodes %s, whatever the name says', async (name, codec) => {
    const { durationSeconds } = await decode(await make(name, '-i', sample('en-short.wav'), ...codec));
    expect(Math.abs(durationSeconds - 4.97)).toBeLessThan(0.2);
  });

  it('decodes with the build from npm too', async () => {
    const fromNpm = await findFfmpeg({ ffmpegPath: undefined, searchPath: '' });
    const log = createLogger('test', { LOG_LEVEL: 'silent' });
    const other = new FfmpegDecoder({ ffmpeg: fromNpm, guards: await ChildGuards.find({ searchPath, log }) });
    const done = await other.decode(sample('es-short.wav'), at('audio.wav'), {
      maxSeconds: 60,
      signal: never,
    });
    expect(done.durationSeconds).toBeCloseTo(6.18, 1);
  });

  it('decodes what is there of a truncated file', async () => {
    const whole = await readFile(sample('en-one-minute.mp3'));
    const { durationSeconds } = await decodeBytes(whole.subarray(0, whole.length / 3));
    expect(durationSeconds).toBeGreaterThan(18);
    expect(durationSeconds).toBeLessThan(22);
  });

  it('counts the samples of a wav that claims 4 GB', async () => {
    const wav = await readFile(sample('en-short.wav'));
    wav.writeUInt32LE(0xffff_fff0, 4);
    wav.writeUInt32LE(0xffff_ff00, wav.indexOf('data') + 4);
    const { durationSeconds } = await decodeBytes(wav);
    expect(durationSeconds).toBeCloseTo(4.97, 1);
  });
});

describe('FfmpegDecoder, given what is not a recording,', () => {
  it.each([
    ['an empty file', '', 'audio.empty'],
    ['a wav without samples', wavHeader({ channels: 1, rate: 16_000, dataBytes: 0 }), 'audio.empty'],
    ['text', 'hello, I am a text and was named .mp3\n', 'audio.unreadable'],
    ['much text', 'hello, I am a text and was named .mp3\n'.repeat(5_000), 'audio.unreadable'],
    ['a subtitle list', '1\n00:00:01,000 --> 00:00:02,000\nhello\n', 'audio.unreadable'],
    [
      'an SDP',
      'v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n',
      'audio.unreadable',
    ],
    [
      'an ASX list',
      '<asx version="3.0"><entry><ref href="http://127.0.0.1:9/a.wav"/></entry></asx>',
      'audio.unreadable',
    ],
  ])('refuses %s', async (_, content, code) => {
    await expect(decodeBytes(content)).rejects.toMatchObject({ name: 'JobFailure', code });
  });

  it('refuses random bytes, again and again', async () => {
    for (let i = 0; i < 5; i += 1) {
      await expect(decodeBytes(randomBytes(100_000))).rejects.toMatchObject({ code: 'audio.unreadable' });
    }
  });

  it.each(['video.mp4', 'video.webm'])('tells that %s has no sound', async (name) => {
    const video = await make(name, '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64');
    await expect(decode(video)).rejects.toMatchObject({ code: 'audio.no_sound' });
  });

  it('refuses 255 channels at 384 kHz', async () => {
    const wav = wavHeader({ channels: 255, rate: 384_000, dataBytes: 255 * 2 * 1_000 });
    await expect(decodeBytes(wav)).rejects.toMatchObject({ code: 'audio.unreadable' });
  });

  it('refuses more than sixteen streams', async () => {
    const inputs = Array.from({ length: 17 }, () => ['-map', '0:a']).flat();
    const many = await make('many.mka', '-i', sample('en-short.wav'), ...inputs, '-c:a', 'pcm_s16le');
    await expect(decode(many)).rejects.toMatchObject({ code: 'audio.unreadable' });
  });
});

describe('FfmpegDecoder, given a list that points at other files,', () => {
  beforeEach(async () => {
    await copyFile(sample('en-short.wav'), at('victim.wav'));
    await make('victim.ts', '-i', sample('en-short.wav'), '-c:a', 'aac');
  });

  const hls = (target: string) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`;

  it.each([
    ['ffconcat with a relative name', () => "ffconcat version 1.0\nfile 'victim.wav'\n"],
    ['ffconcat with an absolute name', () => `ffconcat version 1.0\nfile '${at('victim.wav')}'\n`],
    ['HLS with a relative name', () => hls('victim.ts')],
    ['HLS with a file address', () => hls(`file://${at('victim.ts')}`)],
    ['HLS with an encrypted segment', () => hls('crypto+file:victim.ts')],
    [
      'DASH',
      () =>
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>victim.ts</BaseURL></MPD>`,
    ],
  ])('reads not one byte of them: %s', async (_, list) => {
    await expect(decodeBytes(list())).rejects.toMatchObject({ code: 'audio.unreadable' });
    // Then nothing of it was written
    expect((await stat(at('audio.wav'))).size).toBe(44);
  });

  it('would be fooled without the list of formats: the attack is real', async () => {
    await writeFile(at('attack.mp3'), "ffconcat version 1.0\nfile 'victim.wav'\n");
    await make('leak.wav', '-i', at('attack.mp3'));
    expect((await stat(at('leak.wav'))).size).toBeGreaterThan(100_000);
  });
});

describe('FfmpegDecoder, given sound with pictures,', () => {
  it('decodes the sound and opens no decoder of pictures, not even to look what is there', async () => {
    const cover = await make('cover.png', '-f', 'lavfi', '-i', 'color=s=64x64', '-frames:v', '1');
    const both = ['-i', sample('en-short.wav'), '-i', cover, '-map', '0', '-map', '1', '-c:v', 'copy'];
    const song = await make('song.mp3', ...both);
    expect((await decode(song)).durationSeconds).toBeCloseTo(4.97, 1);

    // Given an ffmpeg that gives its complaints for sound, since it may write nothing else
    await writeFile(at('ffmpeg'), `#!/bin/sh\n${ffmpeg} "$@" 2>&1 >/dev/null\n`, { mode: 0o755 });
    const log = createLogger('test', { LOG_LEVEL: 'silent' });
    const talking = new FfmpegDecoder({
      ffmpeg: at('ffmpeg'),
      guards: await ChildGuards.find({ searchPath, log }),
    });
    await talking.decode(at('input.bin'), at('said.wav'), { maxSeconds: 60, signal: never });
    expect(await readFile(at('said.wav'), 'latin1')).toContain('Codec (png) not on whitelist');
  });

  it('may use decoders of sound only', async () => {
    const { stdout } = await promisify(execFile)(ffmpeg, ['-v', 'error', '-decoders']);
    const others = [...stdout.matchAll(/^ [VSD][.A-Z]{5} (\S+)/gm)].map(([, name]) => name);
    expect(others.length).toBeGreaterThan(100);
    expect(audioCodecs.filter((name) => others.includes(name))).toEqual([]);
  });
});

describe('FfmpegDecoder and its limits', () => {
  it('refuses what is longer than allowed, and does not cut it', async () => {
    await expect(decode(sample('en-one-minute.mp3'), { maxSeconds: 30 })).rejects.toMatchObject({
      code: 'audio.too_long',
    });
    expect((await decode(sample('en-short.wav'), { maxSeconds: 5 })).durationSeconds).toBeCloseTo(4.97, 1);
  });

  it('stops an hour of silence in a small file at the limit, in little memory', async () => {
    // Given 0.7 MB that would be 115 MB
    const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '3600'];
    const bomb = await make('bomb.flac', ...silence);
    expect((await stat(bomb)).size).toBeLessThan(750_000);
    const before = liveBufferBytes();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, liveBufferBytes());
    }, 100);
    // When five minutes are allowed: 10 MB
    await expect(decode(bomb, { maxSeconds: 300 })).rejects.toMatchObject({ code: 'audio.too_long' });
    clearInterval(watch);
    // Then it wrote no more than that, and never held more than some pieces of it
    expect((await stat(at('audio.wav'))).size).toBeLessThan(302 * 32_000);
    expect(peak - before).toBeLessThan(6 * 1024 ** 2);
  });

  it('says that the disk is full', async () => {
    await copyFile(sample('en-short.wav'), at('input.bin'));
    const decoding = decoder.decode(at('input.bin'), '/dev/full', { maxSeconds: 60, signal: never });
    await expect(decoding).rejects.toMatchObject({ code: 'disk.full' });
  });

  it('ends ffmpeg when the job is cancelled, and gives its reason', async () => {
    const long = await make('long.flac', '-f', 'lavfi', '-i', 'anoisesrc=r=48000:d=300:a=0.1', '-ac', '2');
    const reason = new Error('cancelled');
    const cancel = new AbortController();
    const decoding = decode(long, { signal: cancel.signal });
    decoding.catch(() => undefined);
    await vi.waitUntil(async () => (await sizeOf(at('audio.wav'))) > 100_000, {
      interval: 5,
      timeout: 20_000,
    });
    // When it is cancelled in the middle
    cancel.abort(reason);
    // Then it stops with that reason, and no process is left
    await expect(decoding).rejects.toBe(reason);
    expect(await processesIn(folder)).toEqual([]);
  });

  it('ends an ffmpeg that hangs, as a failure that may pass', async () => {
    const hanging = at('ffmpeg');
    await writeFile(hanging, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n", { mode: 0o755 });
    const log = createLogger('test', { LOG_LEVEL: 'silent' });
    const guards = await ChildGuards.find({ searchPath, log });
    const slow = new FfmpegDecoder({ ffmpeg: hanging, guards, wallSecondsFor: () => 1 });
    await copyFile(sample('en-short.wav'), at('input.bin'));
    const decoding = slow.decode(at('input.bin'), at('audio.wav'), { maxSeconds: 60, signal: never });
    await expect(decoding).rejects.toMatchObject({ code: 'engine.timeout' });
    expect(await processesIn(folder)).toEqual([]);
  });

  it.each([
    [
      'that ends by itself when it is told',
      'trap \'echo "Exiting normally, received signal 24." >&2; exit 255\' XCPU',
    ],
    ['that is ended', ''],
  ])('refuses what takes too much work, here and on any other machine: an ffmpeg %s', async (_, onSignal) => {
    const busy = at('ffmpeg');
    await writeFile(busy, `#!/bin/sh\n${onSignal}\nwhile :; do :; done\n`, { mode: 0o755 });
    const log = createLogger('test', { LOG_LEVEL: 'silent' });
    const guards = await ChildGuards.find({ searchPath, log });
    const frugal = new FfmpegDecoder({ ffmpeg: busy, guards, cpuSecondsFor: () => 1 });
    await copyFile(sample('en-short.wav'), at('input.bin'));
    const decoding = frugal.decode(at('input.bin'), at('audio.wav'), { maxSeconds: 60, signal: never });
    await expect(decoding).rejects.toMatchObject({ code: 'audio.too_complex' });
  });

  it.each([
    ['is gone, as in the middle of an update', null],
    ['lacks a library', 'echo "ffmpeg: error while loading shared libraries" >&2; exit 127'],
    [
      'is given no more threads',
      'echo "ffmpeg version 5.1.9" >&2; echo "Error while opening decoder for input stream #0:0 : Resource temporarily unavailable" >&2; exit 1',
    ],
  ])('does not blame the recording when ffmpeg %s', async (_, script) => {
    const poor = at('ffmpeg');
    if (script) await writeFile(poor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const log = createLogger('test', { LOG_LEVEL: 'silent' });
    const guards = await ChildGuards.find({ searchPath, log });
    const failing = new FfmpegDecoder({ ffmpeg: poor, guards });
    await copyFile(sample('en-short.wav'), at('input.bin'));
    const decoding = failing.decode(at('input.bin'), at('audio.wav'), { maxSeconds: 60, signal: never });
    const error = await decoding.catch((thrown: unknown) => thrown);
    expect(failureCodeOf(error)).toBe('internal.unexpected');
  });

  it('does not begin when the job is cancelled already', async () => {
    await expect(decode(sample('en-short.wav'), { signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
    expect(await readdir(folder)).toEqual(['input.bin']);
  });
});

describe('findFfmpeg', () => {
  it('prefers FFMPEG_PATH, then PATH, then the npm package', async () => {
    expect(await findFfmpeg({ ffmpegPath: ffmpeg, searchPath: '' })).toBe(ffmpeg);
    expect(await findFfmpeg({ ffmpegPath: undefined, searchPath: `/nowhere:${dirname(ffmpeg)}` })).toBe(
      ffmpeg,
    );
    expect(await findFfmpeg({ ffmpegPath: undefined, searchPath: '' })).toMatch(/@ffmpeg-binary/);
  });

  it('says so when FFMPEG_PATH names nothing', async () => {
    await expect(findFfmpeg({ ffmpegPath: '/nowhere/ffmpeg', searchPath })).rejects.toThrow('FFMPEG_PATH');
  });
});

function wavHeader(format: { channels: number; rate: number; dataBytes: number }): Buffer {
  const { channels, rate, dataBytes } = format;
  const wav = Buffer.alloc(44 + dataBytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + dataBytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE((rate * channels * 2) % 2 ** 32, 28);
  wav.writeUInt16LE(channels * 2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(dataBytes, 40);
  return wav;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The processes that have `path` as their working directory. */
async function processesIn(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => folders[index] === path);
}
