import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { samplePath } from '../../drivers/samples.ts';
import { wavBytes } from '../../drivers/wav-bytes.ts';
import type { HostileFile } from './hostile-file.ts';
import type { Recordings } from './make-recordings.ts';
import { boxAt, renamed, withBoxSize, withNumber } from './mp4-bytes.ts';
import { pngBytes } from './png-bytes.ts';

const agree = /yes, i agree/i;
const wholeText = { text: agree, durationSeconds: 2.5 };
const lavfi = (source: string) => ['-f', 'lavfi', '-i', source];

/** What is no recording, in all the ways that something can be none (row 42). */
export function noRecordings(recordings: Recordings): HostileFile[] {
  const unreadable = (name: string, bytes: () => Uint8Array): HostileFile => ({
    name,
    rows: [42],
    bytes,
    ends: ['audio.unreadable'],
  });
  const text = (content: string) => () => Buffer.from(content);
  const wav = () => recordings.speech('wav');
  return [
    { name: 'no bytes', rows: [42], bytes: () => new Uint8Array(), ends: ['audio.empty'] },
    unreadable('one byte', text('R')),
    unreadable('random bytes', () => randomBytes(65_536)),
    unreadable('a megabyte of zeros', () => Buffer.alloc(2 ** 20)),
    unreadable('text', text('Dear diary, this is no audio at all.\n'.repeat(50))),
    unreadable('UTF-16 text', () => Buffer.from('Dear diary', 'utf16le')),
    unreadable('HTML', text('<html><script>alert(1)</script></html>')),
    unreadable('a PDF', text('%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(http://x)>>>>endobj')),
    unreadable('a PNG', () => pngBytes(64, 64)),
    unreadable('an ELF program', () =>
      Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), randomBytes(4096)]),
    ),
    unreadable('a SQLite database', () =>
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192)]),
    ),
    unreadable('a zip', text('PK\x03\x04\x14\x00\x00\x00\x08\x00hello')),
    unreadable('a gzip bomb', () => gzipSync(Buffer.alloc(50 * 2 ** 20))),
    unreadable(
      'MIDI',
      text('MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60MTrk\x00\x00\x00\x04\x00\xff\x2f\x00'),
    ),
    unreadable('the header of a wav and no more', () => wav().subarray(0, 20)),
    {
      name: 'a wav without samples',
      rows: [42],
      bytes: () => wavBytes({ data: new Uint8Array() }),
      ends: ['audio.empty', 'audio.unreadable'],
    },
    {
      name: 'a video without sound (mp4)',
      rows: [42],
      bytes: () => recordings.make('mute.mp4', ...lavfi('testsrc=d=1:s=64x64')),
      ends: ['audio.no_sound'],
    },
    {
      name: 'a video without sound (webm)',
      rows: [42],
      bytes: () => recordings.make('mute.webm', ...lavfi('testsrc=d=1:s=64x64')),
      ends: ['audio.no_sound'],
    },
    // The first 205 bytes of an Ogg are what overflowed the decoder that whisper.cpp brings along (its issue 3802).
    {
      ...unreadable('205 bytes of an Ogg', () =>
        recordings.speech('ogg', '-c:a', 'libvorbis').subarray(0, 205),
      ),
      rows: [42, 43],
    },
    {
      name: 'an encrypted track (DRM)',
      rows: [42],
      bytes: () => encrypted(recordings.speech('m4a', '-c:a', 'aac'), 'drms'),
      ends: ['audio.unreadable', 'audio.no_sound'],
    },
    {
      name: 'an encrypted track (CENC)',
      rows: [42],
      bytes: () => encrypted(recordings.speech('m4a', '-c:a', 'aac'), 'enca'),
      ends: ['audio.unreadable', 'audio.no_sound'],
    },
  ];
}

/** Recordings whose headers lie, or that would be far larger than they look (rows 41 and 42). */
export function lyingRecordings(recordings: Recordings): HostileFile[] {
  const speech = () => recordings.speech('wav').subarray(-80_000);
  const m4a = () => recordings.speech('m4a', '-c:a', 'aac');
  const lies = (name: string, bytes: () => Uint8Array, ...ends: string[]): HostileFile => ({
    name,
    rows: [42],
    bytes,
    ends,
  });
  const either = ['COMPLETED', 'audio.unreadable', 'audio.empty'];
  return [
    {
      ...lies(
        'a wav that claims 4 GB',
        () => wavBytes({ data: speech(), dataBytes: 0xffff_ff00 }),
        'COMPLETED',
      ),
      hears: wholeText,
    },
    {
      ...lies('a wav that claims no data', () => wavBytes({ data: speech(), dataBytes: 0 }), ...either),
    },
    lies(
      'a wav of 255 channels at 384 kHz',
      () => wavBytes({ channels: 255, rate: 384_000, data: Buffer.alloc(510_000) }),
      'audio.unreadable',
    ),
    lies(
      'a wav of 65,535 channels',
      () => wavBytes({ channels: 65_535, data: Buffer.alloc(300_000) }),
      'audio.unreadable',
    ),
    lies('a wav of 384 kHz', () => recordings.speech('fast.wav', '-ar', '384000'), 'COMPLETED'),
    lies('a wav of eight channels', () => recordings.speech('eight.wav', '-ac', '8'), 'COMPLETED'),
    lies('a wav with a rate of 0', () => wavBytes({ rate: 0, data: speech() }), 'audio.unreadable'),
    lies(
      'a wav of 1 Hz, which is twelve hours long',
      () => wavBytes({ rate: 1, data: speech() }),
      'audio.too_long',
      'audio.unreadable',
    ),
    lies('a wav of 4 GHz', () => wavBytes({ rate: 0xffff_ffff, data: speech() }), 'audio.unreadable'),
    lies('a wav with 0 bits a sample', () => wavBytes({ bits: 0, data: speech() }), 'audio.unreadable'),
    lies('a wav with a video codec', () => wavBytes({ format: 0xfffe, data: speech() }), 'audio.unreadable'),
    lies('an mp4 whose moov claims 4 GB', () => withBoxSize(m4a(), 'moov', 0xffff_ffff), ...either),
    lies('an mp4 whose moov has no size', () => withBoxSize(m4a(), 'moov', 0), ...either),
    lies(
      'an mp4 whose moov is smaller than its header',
      () => withBoxSize(m4a(), 'moov', 4),
      'audio.unreadable',
    ),
    lies('an mp4 with 4,294,967,295 samples', () => withNumber(m4a(), 'stsz', 8, 0xffff_ffff), ...either),
    lies('an mp4 with 4,294,967,295 chunks', () => withNumber(m4a(), 'stco', 4, 0xffff_ffff), ...either),
    lies(
      'an mp4 whose chunks lie behind its end',
      () => withNumber(m4a(), 'stco', 8, 0xffff_fff0),
      ...either,
    ),
    lies(
      'an mp4 with an edit list that begins before time',
      () => withNumber(m4a(), 'elst', 12, 0x8000_0000),
      ...either,
    ),
    lies('an mp4 with an edit list of 68 years', () => withNumber(m4a(), 'elst', 8, 0x7fff_ffff), ...either),
    lies(
      'an mp4 whose every sample lasts 13 hours',
      () => withNumber(m4a(), 'stts', 12, 0x7fff_ffff),
      ...either,
      'audio.too_long',
    ),
    lies('an mp4 with a time scale of 0', () => withNumber(m4a(), 'mdhd', 12, 0), ...either),
    lies('an mp4 whose sound lies in another file', () => elsewhere(m4a()), ...either),
    lies('an mp4 of 20,000 boxes, one in the other', () => nested(20_000), 'audio.no_sound'),
    lies(
      'negative timestamps',
      () =>
        recordings.speech(
          'negative.mkv',
          '-c:a',
          'pcm_s16le',
          '-output_ts_offset',
          '-5',
          '-avoid_negative_ts',
          'disabled',
        ),
      'COMPLETED',
    ),
    lies('a flac whose header claims 2^36 samples', () => flacClaiming(recordings.speech('flac')), ...either),
    lies('sixteen streams', () => manyStreams(recordings, 16), 'COMPLETED'),
    lies('seventeen streams', () => manyStreams(recordings, 17), 'audio.unreadable'),
    {
      ...lies(
        'a cover of 400 million points',
        () => withCover(recordings, pngBytes(20_000, 20_000)),
        'COMPLETED',
      ),
      rows: [41],
      hears: wholeText,
    },
    {
      ...lies(
        'a cover that is a playlist',
        () => withCover(recordings, Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")),
        'COMPLETED',
      ),
      rows: [40],
      hears: wholeText,
    },
  ];
}

/** Two kinds of file at once, and a recording cut off at many places (row 42). */
export function mixedAndCut(recordings: Recordings): HostileFile[] {
  const mp3 = () => recordings.speech('mp3', '-b:a', '32k');
  const joined = (name: string, bytes: () => Uint8Array, ...ends: string[]): HostileFile => ({
    name,
    rows: [42],
    bytes,
    ends,
  });
  const either = ['COMPLETED', 'audio.unreadable'];
  const cuts = (['wav', 'mp3', 'flac', 'ogg', 'm4a', 'webm'] as const).flatMap((ending) =>
    [0.02, 0.2, 0.5, 0.9, 0.999].map((part) =>
      joined(
        `${ending} cut at ${part * 100} %`,
        () => {
          const whole = recordings.speech(ending, ...(ending === 'ogg' ? ['-c:a', 'libvorbis'] : []));
          return whole.subarray(0, Math.floor(whole.length * part));
        },
        ...either,
        'audio.empty',
      ),
    ),
  );
  return [
    joined(
      'a zip in front of an mp3',
      () => Buffer.concat([Buffer.from('PK\x03\x04\x14\x00\x00\x00'), mp3()]),
      ...either,
    ),
    joined(
      'an mp3 with a zip behind it',
      () => Buffer.concat([mp3(), Buffer.from('PK\x05\x06'), Buffer.alloc(18)]),
      'COMPLETED',
    ),
    joined('a PDF in front of an mp3', () => Buffer.concat([Buffer.from('%PDF-1.4\n%\n'), mp3()]), ...either),
    joined(
      'HTML in front of a wav',
      () => Buffer.concat([Buffer.from('<script>alert(1)</script>'), recordings.speech('wav')]),
      ...either,
    ),
    joined(
      'HTML inside a wav',
      () => wavBytes({ data: Buffer.from('<script>alert(1)</script>'.repeat(999)) }),
      'COMPLETED',
    ),
    joined(
      'a list in front of an mp3',
      () => Buffer.concat([Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"), mp3()]),
      ...either,
    ),
    joined(
      'an mp3 in front of a list',
      () => Buffer.concat([mp3(), Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n')]),
      'COMPLETED',
    ),
    joined(
      'a wav in an mp3 in a wav',
      () => Buffer.concat([recordings.speech('wav'), mp3(), recordings.speech('wav')]),
      'COMPLETED',
    ),
    ...cuts,
  ];
}

/** Sound without words (row 39): an engine that is not kept from it makes words up. */
export function withoutWords(recordings: Recordings): HostileFile[] {
  const sound = (name: string, source: string): HostileFile => ({
    name,
    rows: [39],
    bytes: () => recordings.make(`${name}.flac`, ...lavfi(source), '-t', '20', '-ar', '16000'),
    ends: ['COMPLETED'],
    hears: { text: /^$/, warning: 'no_speech' },
  });
  return [
    {
      name: 'recorded silence',
      rows: [39],
      bytes: () => recordings.make('silence.mp3', '-i', samplePath('silence.wav')),
      ends: ['COMPLETED'],
      hears: { text: /^$/, warning: 'no_speech' },
    },
    sound('digital silence', 'anullsrc=r=16000:cl=mono'),
    sound('white noise', 'anoisesrc=color=white:amplitude=0.2:seed=1'),
    sound('brown noise', 'anoisesrc=color=brown:amplitude=0.5:seed=1'),
    sound('hum', 'sine=frequency=50'),
    sound('music', "aevalsrc='0.2*(sin(262*2*PI*t)+sin(330*2*PI*t)+sin(392*2*PI*t))':s=16000"),
  ];
}

/** `hours` of silence in a small file (row 41): a frame of FLAC holds 65,535 samples in 14 bytes. */
export function silenceBomb(recordings: Recordings, hours: number): Buffer {
  const silence = ['-t', String(hours * 3600), '-frame_size', '65535', '-compression_level', '0'];
  return recordings.make(`bomb-${hours}.flac`, ...lavfi('anullsrc=r=8000:cl=mono'), ...silence);
}

function withCover(recordings: Recordings, picture: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), picture]);
  const header = Buffer.alloc(10);
  header.write('APIC');
  header.writeUInt32BE(frame.length, 4);
  const size = frame.length + 10;
  // ID3v2.3: seven bits a byte.
  const sevens = [size >> 21, size >> 14, size >> 7, size].map((bits) => bits & 0x7f);
  return Buffer.concat([
    Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, ...sevens]),
    header,
    frame,
    recordings.speech('mp3', '-b:a', '32k'),
  ]);
}

function manyStreams(recordings: Recordings, count: number): Buffer {
  const maps = Array.from({ length: count }, () => ['-map', '0:a']).flat();
  return recordings.make(
    `streams-${count}.mka`,
    '-i',
    samplePath('en-short.wav'),
    ...maps,
    '-c:a',
    'pcm_s16le',
  );
}

/** "The sound is not in this file": the flag of the data reference taken away, and an address behind it. */
function elsewhere(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(0, boxAt(copy, 'url '));
  return copy;
}

/** Named as encrypted, with a sound that is noise without its key. */
function encrypted(file: Buffer, codec: string): Buffer {
  const copy = renamed(file, 'mp4a', codec);
  const sound = boxAt(copy, 'mdat');
  for (let at = sound; at < sound + copy.readUInt32BE(sound - 8) - 8; at++) copy[at] = (copy[at] ?? 0) ^ 0xa5;
  return copy;
}

function nested(depth: number): Buffer {
  const file = Buffer.alloc(32 + depth * 8);
  file.write('\0\0\0\x20ftypM4A ', 0, 'latin1');
  for (let level = 0; level < depth; level++) {
    file.writeUInt32BE((depth - level) * 8, 32 + level * 8);
    file.write(level === 0 ? 'moov' : 'trak', 36 + level * 8);
  }
  return file;
}

function flacClaiming(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  // STREAMINFO: the 36 bits of the number of samples end 8 bytes before its MD5 sum.
  copy.fill(0xff, 22, 26);
  return copy;
}
