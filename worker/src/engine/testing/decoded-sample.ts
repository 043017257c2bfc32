import { join } from 'node:path';
import { FfmpegDecoder } from '../../audio/ffmpeg-decoder.ts';
import { findFfmpeg } from '../../audio/find-ffmpeg.ts';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { samplePath } from './real-programs.ts';

/** A sample as an engine gets it: decoded into `folder`. */
export async function decodedSample(
  name: string,
  folder: string,
  guards: ChildGuards,
): Promise<{ wavPath: string; durationSeconds: number }> {
  const searchPath = process.env['PATH'] ?? '';
  const ffmpeg = await findFfmpeg({ ffmpegPath: undefined, searchPath });
  const wavPath = join(folder, `${name}.16k.wav`);
  const { durationSeconds } = await new FfmpegDecoder({ ffmpeg, guards }).decode(samplePath(name), wavPath, {
    maxSeconds: 3_600,
    signal: new AbortController().signal,
  });
  return { wavPath, durationSeconds };
}
