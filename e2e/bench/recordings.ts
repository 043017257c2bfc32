import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { FfmpegDecoder } from '../../worker/src/audio/ffmpeg-decoder.ts';
import { findFfmpeg } from '../../worker/src/audio/find-ffmpeg.ts';
import { wavSlice } from '../../worker/src/audio/wav-slice.ts';
import { ChildGuards } from '../../worker/src/child-process/child-guards.ts';
import { samplePath } from '../src/drivers/samples.ts';
import type { Recording } from './listener.ts';

const run = promisify(execFile);
/** Somebody speaks all the time, so that no window is left out. */
const source = samplePath('en-twelve-minutes.mp3');

/** Cuts recordings out of one sample, from its beginning on, one after the other; the last ones begin again. */
export class Recordings {
  readonly #folder: string;
  readonly #ffmpeg: string;
  readonly #wholePath: string;
  readonly #wholeSeconds: number;

  private constructor(folder: string, ffmpeg: string, wholePath: string, wholeSeconds: number) {
    this.#folder = folder;
    this.#ffmpeg = ffmpeg;
    this.#wholePath = wholePath;
    this.#wholeSeconds = wholeSeconds;
  }

  static async open(folder: string): Promise<Recordings> {
    const searchPath = process.env['PATH'] ?? '';
    const ffmpeg = await findFfmpeg({ ffmpegPath: process.env['FFMPEG_PATH'], searchPath });
    const guards = await ChildGuards.find({ searchPath, log: { warn: () => {} } as never });
    const wholePath = join(folder, 'whole.wav');
    const options = { maxSeconds: 3_600, signal: new AbortController().signal };
    const { durationSeconds } = await new FfmpegDecoder({ ffmpeg, guards }).decode(
      source,
      wholePath,
      options,
    );
    return new Recordings(folder, ffmpeg, wholePath, durationSeconds);
  }

  /** As an engine takes them. */
  wavFiles(count: number, durationSeconds: number): Promise<Recording[]> {
    const starts = this.#starts(count, durationSeconds);
    return Promise.all(
      starts.map(async (startSeconds, index) => {
        const wavPath = join(this.#folder, `${durationSeconds}s-${index}.wav`);
        const slice = wavSlice(this.#wholePath, { startSeconds, durationSeconds });
        await pipeline(slice, createWriteStream(wavPath));
        return { wavPath, durationSeconds };
      }),
    );
  }

  /** As people send them. */
  async mp3Files(count: number, durationSeconds: number): Promise<string[]> {
    const paths: string[] = [];
    for (const [index, start] of this.#starts(count, durationSeconds).entries()) {
      const path = join(this.#folder, `${durationSeconds}s-${index}.mp3`);
      const cut = ['-ss', String(start), '-t', String(durationSeconds), '-i', source, '-c', 'copy', path];
      await run(this.#ffmpeg, ['-v', 'error', '-y', ...cut]);
      paths.push(path);
    }
    return paths;
  }

  #starts(count: number, durationSeconds: number): number[] {
    const fit = Math.floor(this.#wholeSeconds / durationSeconds);
    if (fit < 1) throw new Error(`no ${durationSeconds} s fit into the sample`);
    return Array.from({ length: count }, (_, index) => (index % fit) * durationSeconds);
  }
}
