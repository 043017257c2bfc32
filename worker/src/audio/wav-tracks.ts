import { bytesPerSample, WavFile } from './wav-file.ts';

/** Less than this, of 32,768, is what coding does to two channels that were the same. */
const sameWithin = 328;
const stereoFrameBytes = 2 * bytesPerSample;

/** Writes PCM as it comes: mono into one WAV file, or stereo into two, a channel each. */
export class WavTracks implements AsyncDisposable {
  readonly #files: WavFile[];
  /** Closes each of them, even where closing another fails. */
  readonly #opened: AsyncDisposableStack;
  /** The beginning of a stereo sample whose end is still to come. */
  #rest = new Uint8Array();
  #differ = false;

  private constructor(files: WavFile[], opened: AsyncDisposableStack) {
    this.#files = files;
    this.#opened = opened;
  }

  static async create(paths: string[]): Promise<WavTracks> {
    await using opened = new AsyncDisposableStack();
    const files: WavFile[] = [];
    for (const path of paths) files.push(opened.use(await WavFile.create(path)));
    return new WavTracks(files, opened.move());
  }

  /** Of each channel. */
  get samples(): number {
    return this.#files[0]?.samples ?? 0;
  }

  /** Two channels of which one says what the other does not; else they are one recording twice. */
  get channelsDiffer(): boolean {
    return this.#differ;
  }

  async append(pcm: Uint8Array): Promise<void> {
    const [left, right] = this.#files;
    if (!right) return left?.append(pcm);

    const whole = Buffer.concat([this.#rest, pcm]);
    const frames = Math.floor(whole.length / stereoFrameBytes);
    this.#rest = whole.subarray(frames * stereoFrameBytes);
    const channels = [Buffer.alloc(frames * bytesPerSample), Buffer.alloc(frames * bytesPerSample)] as const;
    for (let frame = 0; frame < frames; frame++) {
      const l = whole.readInt16LE(frame * stereoFrameBytes);
      const r = whole.readInt16LE(frame * stereoFrameBytes + bytesPerSample);
      channels[0].writeInt16LE(l, frame * bytesPerSample);
      channels[1].writeInt16LE(r, frame * bytesPerSample);
      if (Math.abs(l - r) > sameWithin) this.#differ = true;
    }
    await left?.append(channels[0]);
    await right.append(channels[1]);
  }

  async finish(): Promise<void> {
    for (const file of this.#files) await file.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }
}
