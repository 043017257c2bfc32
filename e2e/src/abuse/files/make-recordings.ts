import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { samplePath } from '../../drivers/samples.ts';

/** Makes recordings with an ffmpeg that is under no restriction, in `folder`. Each is made once. */
export class Recordings {
  readonly #folder: string;
  readonly #ffmpeg: string;
  readonly #made = new Map<string, Buffer>();

  constructor(folder: string, ffmpeg: string) {
    this.#folder = folder;
    this.#ffmpeg = ffmpeg;
  }

  /** What `ffmpeg ARGS name` writes. */
  make(name: string, ...args: string[]): Buffer {
    const known = this.#made.get(name);
    if (known) return known;
    const path = join(this.#folder, name);
    execFileSync(this.#ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args, path]);
    const bytes = readFileSync(path);
    this.#made.set(name, bytes);
    return bytes;
  }

  /** Two and a half seconds in which somebody says "Yes, I agree.", in the container that the ending names. */
  speech(ending: string, ...codec: string[]): Buffer {
    return this.make(`speech.${ending}`, '-i', samplePath('en-short.wav'), '-t', '2.5', ...codec);
  }
}

/** A recording in each container and codec that is accepted: what mutations begin with. */
export function everyContainer(recordings: Recordings): { ending: string; bytes: Buffer }[] {
  const ways: [string, ...string[]][] = [
    ['wav'],
    ['adpcm.wav', '-c:a', 'adpcm_ima_wav'],
    ['mp3', '-b:a', '32k'],
    ['flac'],
    ['ogg', '-c:a', 'libvorbis'],
    ['opus', '-c:a', 'libopus', '-b:a', '16k'],
    ['m4a', '-c:a', 'aac', '-b:a', '32k'],
    ['fast.m4a', '-c:a', 'aac', '-b:a', '32k', '-movflags', '+faststart'],
    ['fragmented.mp4', '-c:a', 'aac', '-b:a', '32k', '-movflags', '+frag_keyframe+empty_moov'],
    ['alac.m4a', '-c:a', 'alac'],
    ['mov', '-c:a', 'pcm_s16le'],
    ['aac', '-c:a', 'aac', '-b:a', '32k'],
    ['webm', '-c:a', 'libopus', '-b:a', '16k'],
    ['mkv', '-c:a', 'libvorbis'],
    ['wma', '-c:a', 'wmav2', '-b:a', '32k'],
    ['aiff'],
    ['caf', '-c:a', 'pcm_s16be'],
    ['w64'],
  ];
  return ways.map(([ending, ...codec]) => ({ ending, bytes: recordings.speech(ending, ...codec) }));
}
