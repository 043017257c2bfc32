import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface WorkFolder extends AsyncDisposable {
  path: string;
}

/** A folder for one job's audio; gone when the job is, whatever its end. */
export async function openWorkFolder(workDir: string): Promise<WorkFolder> {
  const path = await mkdtemp(join(workDir, 'job-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** This process' own part of `root`, where killed workers' leftovers are cleared away. */
export async function openWorkDir(root: string): Promise<string> {
  const own = join(root, String(process.pid));
  await mkdir(own, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    if (/^\d+$/.test(name) && !isAlive(Number(name))) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
  return own;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's living process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
