import { open } from 'node:fs/promises';

/** Where the description of the samples ends in any file of a recorder. */
const headerBytes = 65_536;
/** A program that writes into a pipe can't come back to say how much it was: it says this much, or nothing. */
const unknownLength = 0x7fff_0000;

/**
 * How long a WAV file says that it is; null for any other file and where it does not say. Of one that ends too early ffmpeg
 * tells what is there and not what it claims. The format: Microsoft and IBM, "Multimedia Programming Interface and Data
 * Specifications 1.0", 1991.
 */
export async function declaredWavSeconds(path: string): Promise<number | null> {
  await using file = await open(path);
  const buffer = Buffer.alloc(headerBytes);
  const { bytesRead } = await file.read(buffer, 0, headerBytes, 0);
  const header = buffer.subarray(0, bytesRead);
  if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') return null;

  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= header.length; ) {
    const name = header.toString('latin1', at, at + 4);
    const bytes = header.readUInt32LE(at + 4);
    if (name === 'fmt ' && at + 20 <= header.length) bytesPerSecond = header.readUInt32LE(at + 16);
    if (name === 'data') {
      const says = bytes > 0 && bytes < unknownLength && bytesPerSecond > 0;
      return says ? bytes / bytesPerSecond : null;
    }
    // Parts begin at even places.
    at += 8 + bytes + (bytes % 2);
  }
  return null;
}
