import type { SeededRandom } from '../seeded-random.ts';

/** What lies around in files and is believed: the largest and the smallest numbers, and those beside a power of two. */
const temptingNumbers = [
  0, 1, 2, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
];
/** Words before or behind which containers keep a length. */
const marks = [
  'RIFF',
  'data',
  'fmt ',
  'fact',
  'LIST',
  'OggS',
  'fLaC',
  'ID3',
  'Xing',
  'moov',
  'mdat',
  'trak',
  'mdia',
  'stbl',
  'stsd',
  'stsz',
  'stts',
  'stsc',
  'stco',
  'elst',
  'esds',
  'moof',
  'traf',
  'trun',
  'ftyp',
  'FORM',
  'COMM',
  'SSND',
  'desc',
  'pakt',
  'kuki',
  'OpusHead',
  'vorbis',
];
const lists = ['#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', "ffconcat version 1.0\nfile '/etc/passwd'\n"];

type Mutation = (file: Buffer, random: SeededRandom, others: readonly Buffer[]) => Buffer;

const mutations: Record<string, Mutation> = {
  'flip bits': (file, random) => {
    for (let flips = 1 + random.below(64); flips > 0; flips--) {
      const at = random.below(file.length);
      file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
    }
    return file;
  },
  'flip bits of the header': (file, random) => {
    for (let flips = 1 + random.below(16); flips > 0; flips--) {
      const at = random.below(Math.min(512, file.length));
      file[at] = random.below(256);
    }
    return file;
  },
  'lie about a length': (file, random) => {
    for (let lies = 1 + random.below(4); lies > 0; lies--)
      writeNumber(file, placeOfLength(file, random), random);
    return file;
  },
  truncate: (file, random) => file.subarray(0, random.below(file.length)),
  'cut off the beginning': (file, random) => file.subarray(random.below(Math.min(4_096, file.length))),
  'move a piece': (file, random) => {
    const [start, end] = range(file, random);
    const piece = file.subarray(start, end);
    const rest = Buffer.concat([file.subarray(0, start), file.subarray(end)]);
    return inserted(rest, piece, random);
  },
  'repeat a piece': (file, random) => {
    const [start, end] = range(file, random);
    const piece = file.subarray(start, end);
    return inserted(file, Buffer.concat(Array.from({ length: 1 + random.below(20) }, () => piece)), random);
  },
  'leave out a piece': (file, random) => {
    const [start, end] = range(file, random);
    return Buffer.concat([file.subarray(0, start), file.subarray(end)]);
  },
  'fill a piece': (file, random) => {
    const [start, end] = range(file, random);
    return file.fill(random.of([0, 0xff, 0x80, 0x41]), start, end);
  },
  'take a piece of another container': (file, random, others) => {
    const other = random.of(others);
    const [start, end] = range(other, random);
    return inserted(file, other.subarray(start, end), random);
  },
  'begin like another container': (file, random, others) => {
    const head = random.of(others).subarray(0, 16 + random.below(512));
    return Buffer.concat([head, file.subarray(head.length)]);
  },
  'put a list in': (file, random) => inserted(file, Buffer.from(random.of(lists)), random),
};

/** One to three mutations of a copy. The same numbers make the same file. */
export function mutate(
  original: Buffer,
  others: readonly Buffer[],
  random: SeededRandom,
): { bytes: Buffer; how: string[] } {
  const how = Array.from({ length: 1 + random.below(3) }, () => random.of(Object.keys(mutations)));
  let bytes = Buffer.from(original);
  for (const name of how)
    if (bytes.length > 16) bytes = Buffer.from(mutations[name]?.(bytes, random, others) ?? bytes);
  return { bytes, how };
}

function placeOfLength(file: Buffer, random: SeededRandom): number {
  const at = file.indexOf(random.of(marks), 0, 'latin1');
  // Before the name in an mp4, behind it elsewhere.
  return at < 0
    ? random.below(Math.min(1_024, file.length))
    : Math.max(0, at + random.of([-4, 4, 8, 12, 16, 20]));
}

function writeNumber(file: Buffer, at: number, random: SeededRandom): void {
  const value = random.of(temptingNumbers);
  const place = Math.min(at, file.length - 4);
  if (random.below(2) === 0) file.writeUInt32LE(value, place);
  else file.writeUInt32BE(value, place);
}

function range(file: Buffer, random: SeededRandom): [number, number] {
  const start = random.below(file.length);
  return [start, Math.min(file.length, start + 1 + random.below(4_096))];
}

function inserted(file: Buffer, piece: Buffer, random: SeededRandom): Buffer {
  const at = random.below(file.length);
  return Buffer.concat([file.subarray(0, at), piece, file.subarray(at)]);
}
