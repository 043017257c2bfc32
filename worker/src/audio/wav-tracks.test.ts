import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WavFile, wavHeaderBytes } from './wav-file.ts';
import { WavTracks } from './wav-tracks.ts';

describe('WavTracks', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'wav-tracks-')));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const bytesOf = (...samples: number[]) => new Uint8Array(Int16Array.from(samples).buffer);

  async function samplesAt(path: string): Promise<number[]> {
    const pcm = (await readFile(path)).subarray(wavHeaderBytes);
    return Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(2 * index));
  }

  async function written(pieces: Uint8Array[]) {
    const paths = [join(folder, 'left.wav'), join(folder, 'right.wav')] as const;
    await using tracks = await WavTracks.create([...paths]);
    for (const piece of pieces) await tracks.append(piece);
    await tracks.finish();
    return { tracks, left: await samplesAt(paths[0]), right: await samplesAt(paths[1]) };
  }

  it('takes stereo apart, wherever the pieces are cut', async () => {
    const pcm = bytesOf(1, -1, 2, -2, 30_000, -30_000);
    for (const cut of [1, 3, 4, 6, 11]) {
      const { left, right, tracks } = await written([pcm.subarray(0, cut), pcm.subarray(cut)]);
      expect(left).toEqual([1, 2, 30_000]);
      expect(right).toEqual([-1, -2, -30_000]);
      expect(tracks.samples).toBe(3);
    }
  });

  it('tells two voices from one recording twice', async () => {
    expect((await written([bytesOf(5000, 5000, -9000, -9100)])).tracks.channelsDiffer).toBe(false);
    expect((await written([bytesOf(5000, 0, 0, -9100)])).tracks.channelsDiffer).toBe(true);
  });

  it('closes the first file when the second cannot be made', async () => {
    const paths = [join(folder, 'left.wav'), join(folder, 'no-such-folder', 'right.wav')];
    await expect(WavTracks.create(paths)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(openIn(folder)).toEqual([]);
  });

  it('closes both files, even where closing one fails', async () => {
    // As close(2) fails on a network's disk: the handle is gone all the same.
    const close = WavFile.prototype[Symbol.asyncDispose];
    const closing = vi.spyOn(WavFile.prototype, Symbol.asyncDispose);
    onTestFinished(() => closing.mockRestore());
    closing.mockImplementationOnce(async function (this: WavFile) {
      await close.call(this);
      throw new Error('EIO');
    });
    const tracks = await WavTracks.create([join(folder, 'left.wav'), join(folder, 'right.wav')]);
    expect(openIn(folder)).toHaveLength(2);
    await expect(tracks[Symbol.asyncDispose]()).rejects.toThrow('EIO');
    expect(openIn(folder)).toEqual([]);
  });
});

/** Files of a folder that this process holds open. */
function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ''; // the one that read the list
      }
    })
    .filter((path) => path.startsWith(folder));
}
