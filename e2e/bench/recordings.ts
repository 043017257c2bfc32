import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { FfmpegDecoder } from '../../worker/src/audio/ffmpeg-decoder.ts';
import { findFfmpeg } from '../../worker/src/audio/find-ffmpeg.ts';
import { measureLoudness } from '../../worker/src/audio/loudness.ts';
import { wavSlice } from '../../worker/src/audio/wav-slice.ts';
import { ChildGuards } from '../../worker/src/child-process/child-guards.ts';
import { speechByEnergy } from '../../worker/src/engine/speech/speech-by-energy.ts';
import type { Span } from '../../worker/src/engine/speech/speech-map.ts';
import { samplePath } from '../src/drivers/samples.ts';
import type { Recording } from './listener.ts';

const run = promisify(execFile);
/** Somebody speaks all the time, so that no window is left out. */
const source = samplePath('en-twelve-minutes.mp3');

/** Of speech, around the end of a recording. */
const edgeSeconds = 0.5;

/**
 * Cuts recordings out of one sample, one after the other; when it is used up, from its beginning again. Each ends while
 * somebody speaks: a scripted model says words beyond the end of a short recording, too, and our engine drops what falls
 * into silence.
 */
export class Recordings {
  readonly #folder: string;
  readonly #ffmpeg: string;
  readonly #wholePath: string;
  readonly #speech: readonly Span[];

  private constructor(folder: string, ffmpeg: string, wholePath: string, speech: readonly Span[]) {
    this.#folder = folder;
    this.#ffmpeg = ffmpeg;
    this.#wholePath = wholePath;
    this.#speech = speech;
  }

  static async open(folder: string): Promise<Recordings> {
    const searchPath = process.env['PATH'] ?? '';
    const ffmpeg = await findFfmpeg({ ffmpegPath: process.env['FFMPEG_PATH'], searchPath });
    const guards = await ChildGuards.find({ searchPath, log: { warn: () => {} } as never });
    const wholePath = join(folder, 'whole.wav');
    const { signal } = new AbortController();
    await new FfmpegDecoder({ ffmpeg, guards }).decode(source, wholePath, { maxSeconds: 3_600, signal });
    const speech = speechByEnergy(await measureLoudness(wholePath, signal));
    return new Recordings(folder, ffmpeg, wholePath, speech);
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
    const starts: number[] = [];
    for (let earliestEnd = durationSeconds; starts.length < count; earliestEnd += durationSeconds) {
      const end = this.#endInSpeech(earliestEnd);
      if (end === null && starts.length === 0) throw new Error(`no ${durationSeconds} s fit into the sample`);
      if (end === null) earliestEnd = 0;
      else starts.push(end - durationSeconds);
    }
    return starts;
  }

  /** The first moment from then on that speech is on both sides of. */
  #endInSpeech(earliest: number): number | null {
    const span = this.#speech.find(
      ({ start, end }) => Math.max(start + edgeSeconds, earliest) + edgeSeconds <= end,
    );
    return span ? Math.max(span.start + edgeSeconds, earliest) : null;
  }
}
