import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a disk that a test can fill to the last byte. */
export interface SmallDisk extends AsyncDisposable {
  path: string;
  /** Takes what room is left; `programs` are the processes that shall feel it. Where they are limited: by so much a file. */
  fill(programs: number[], mostBytes?: number): Promise<void>;
  free(programs: number[]): Promise<void>;
}

/**
 * A tmpfs where we may mount one. Elsewhere a limit on how far the processes' files may grow, set while they run: the
 * kernel refuses their writes at the same places, with EFBIG for ENOSPC.
 */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'verbatim-disk-'));
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path];
  return spawnSync('mount', options).status === 0 ? mountedDisk(path) : limitedDisk(path);
}

function mountedDisk(path: string): SmallDisk {
  const filler = join(path, 'filler');
  return {
    path,
    async fill() {
      await using file = await open(filler, 'w');
      for (const size of [2 ** 20, 2 ** 12]) await writeUntilFull(file, new Uint8Array(size));
    },
    free: () => rm(filler),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function writeUntilFull(file: { write(bytes: Uint8Array): Promise<unknown> }, piece: Uint8Array) {
  try {
    for (;;) await file.write(piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function limitedDisk(path: string): SmallDisk {
  const limit = (programs: number[], bytes: string) => {
    for (const pid of programs) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  };
  return {
    path,
    fill: async (programs, mostBytes = 1) => limit(programs, String(mostBytes)),
    free: async (programs) => limit(programs, 'unlimited'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
