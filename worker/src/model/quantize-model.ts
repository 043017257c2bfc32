import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The message is half a sentence for people. */
export class QuantizeFailed extends Error {
  override readonly name = 'QuantizeFailed';
}

/** 34 bytes for each 64 of an f16 tensor; whatever else is in the file keeps its size. */
const leastRatio = 34 / 64;
const mostRatio = 0.6;

/**
 * Writes `original` (f16) as q8_0 to `target`; leaves nothing there when it fails.
 * @throws QuantizeFailed, the reason of `signal`
 */
export async function quantizeModel(
  program: string,
  original: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const { size } = await stat(original);
    const { bavail, bsize } = await statfs(dirname(target));
    if (bavail * bsize < size * mostRatio) throw new QuantizeFailed('there is not enough room on the disk');
    await run(program, [original, target, 'q8_0'], signal);
    // whisper-quantize doesn't notice a full disk and ends with 0.
    const made = (await stat(target).catch(() => undefined))?.size ?? 0;
    if (made < size * leastRatio) throw new QuantizeFailed('whisper-quantize wrote only a part of it');
  } catch (error) {
    await rm(target, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
}

async function run(program: string, args: string[], signal?: AbortSignal): Promise<void> {
  // On Linux it dies with us: left behind, it would write into the file of the next start.
  const [command, ...rest] =
    process.platform === 'linux'
      ? ['setpriv', '--pdeathsig', 'KILL', '--', program, ...args]
      : [program, ...args];
  const child = spawn(command, rest, { stdio: 'ignore', ...(signal && { signal }) });
  const [code, killedBy] = await once(child, 'exit').catch((error: unknown) => {
    throw new QuantizeFailed(`${command} can't be started`, { cause: error });
  });
  if (code !== 0) throw new QuantizeFailed(`whisper-quantize ended with ${killedBy ?? `exit code ${code}`}`);
}
