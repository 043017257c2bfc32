import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface WorkFolder extends AsyncDisposable {
  path: string;
}

/** A folder for one job's audio; gone when the job is, whatever its end. */
export async function openWorkFolder(workDir: string): Promise<WorkFolder> {
  // Systems tidy their temporary folders, and ours may have been idle for days.
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(workDir, 'job-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * This process' own part of `root`, where killed workers' leftovers are cleared away. Containers that share a volume
 * count their process ids apart, so only this host's folders are judged.
 */
export async function openWorkDir(root: string): Promise<string> {
  const own = join(root, `${hostname()}.${process.pid}`);
  // In a container that starts again every worker has the same process id.
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    const pid = name.startsWith(`${hostname()}.`) ? Number(name.split('.').at(-1)) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
  return own;
}

function isAlive(pid: number): boolean {
  // kill finds threads too, and in a container that starts again ours have the numbers that processes had before.
  if (pid !== process.pid && existsSync(`/proc/self/task/${pid}`)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's living process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
