import { createReadStream } from 'node:fs';
import { sampleRate, wavHeaderBytes } from './wav-file.ts';

const samplesPerPeak = sampleRate / 20; // 50 ms

/**
 * The outline of a recording for a waveform, as JSON in pieces: the lowest and the highest sample of each 50 ms, on any of
 * its tracks, as 8-bit numbers. The format is that of BBC's audiowaveform, version 2, which players know:
 * https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
 */
export async function* peaksJson(
  wavPaths: readonly string[],
  durationSeconds: number,
): AsyncGenerator<Uint8Array> {
  const length = Math.ceil((durationSeconds * sampleRate) / samplesPerPeak);
  const head = {
    version: 2,
    channels: 1,
    sample_rate: sampleRate,
    samples_per_pixel: samplesPerPeak,
    bits: 8,
    length,
  };
  yield encode(`${JSON.stringify(head).slice(0, -1)},"data":[`);
  let comma = '';
  for await (const peaks of peaksOf(wavPaths)) {
    yield encode(`${comma}${peaks.join(',')}`);
    comma = ',';
  }
  yield encode(']}');
}

/** Lowest and highest in turn, some seconds at a time. The tracks are equally long. */
async function* peaksOf([first = '', ...others]: readonly string[]): AsyncGenerator<number[]> {
  const beside = others.map(peaksOfTrack);
  try {
    for await (const peaks of peaksOfTrack(first)) {
      for (const track of beside) {
        const { value } = await track.next();
        value?.forEach((peak, index) => {
          const sofar = peaks[index] ?? 0;
          peaks[index] = index % 2 === 0 ? Math.min(sofar, peak) : Math.max(sofar, peak);
        });
      }
      yield peaks;
    }
  } finally {
    for (const track of beside) await track.return(undefined);
  }
}

async function* peaksOfTrack(wavPath: string): AsyncGenerator<number[], undefined> {
  for await (const bytes of createReadStream(wavPath, {
    start: wavHeaderBytes,
    // Whole peaks in each piece.
    highWaterMark: 2 * samplesPerPeak * 64,
  })) {
    const samples = samplesOf(bytes as Buffer);
    const peaks: number[] = [];
    for (let start = 0; start < samples.length; start += samplesPerPeak) {
      peaks.push(...outline(samples.subarray(start, start + samplesPerPeak)));
    }
    if (peaks.length > 0) yield peaks;
  }
}

function samplesOf(bytes: Buffer): Int16Array {
  const samples = new Int16Array(Math.floor(bytes.length / 2));
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i);
  return samples;
}

function outline(samples: Int16Array): [number, number] {
  let [lowest, highest] = [0, 0];
  for (const sample of samples) {
    if (sample < lowest) lowest = sample;
    if (sample > highest) highest = sample;
  }
  return [lowest >> 8, highest >> 8];
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
