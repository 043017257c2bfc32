import { type FileHandle, open } from 'node:fs/promises';

export const sampleRate = 16_000;
export const bytesPerSample = 2;
export const wavHeaderBytes = 44;

/** Writes 16 kHz mono 16-bit PCM as it comes. Without `finish` the header claims no samples at all. */
export class WavFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #pcmBytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Replaces what was at `path`. */
  static async create(path: string): Promise<WavFile> {
    const file = await open(path, 'w', 0o600);
    try {
      await file.write(wavHeader(0));
      return new WavFile(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get samples(): number {
    return Math.floor(this.#pcmBytes / bytesPerSample);
  }

  async append(pcm: Uint8Array): Promise<void> {
    await this.#file.writeFile(pcm);
    this.#pcmBytes += pcm.length;
  }

  /** Writes how much it is into the header. */
  async finish(): Promise<void> {
    await this.#file.write(wavHeader(this.samples * bytesPerSample), 0, wavHeaderBytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Of 16 kHz mono 16-bit PCM. */
export function wavHeader(pcmBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavHeaderBytes - 8 + pcmBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16); // length of the format part
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(bytesPerSample * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcmBytes, 40);
  return header;
}
