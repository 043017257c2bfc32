import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface WantedEnvironment {
  /** Begins the name of its folder. */
  name: string;
  /** What needs it, as the beginning of a sentence that says what is missing. */
  whatFor: string;
  /** pip's own file; where it holds hashes, pip insists on them. */
  requirementsPath: string;
}

/**
 * A Python environment of its own under the user's cache, shared by all checkouts that want the same versions. Made aside
 * and moved into place whole; two that make it at once both end up with the winner's. @throws Error that says what to install
 */
export async function pythonEnvironment(
  wanted: WantedEnvironment,
  env: NodeJS.ProcessEnv,
): Promise<{ python: string }> {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'verbatim');
  const hash = createHash('sha256').update(await readFile(wanted.requirementsPath));
  const home = join(cache, `${wanted.name}-${hash.digest('hex').slice(0, 16)}`);
  const python = join(home, 'bin', 'python');
  if (!(await isThere(python))) await install(wanted, { cache, home, env });
  return { python };
}

async function install(
  { name, whatFor, requirementsPath }: WantedEnvironment,
  { cache, home, env }: { cache: string; home: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(join(cache, `${name}-new-`));
  try {
    await makeEnvironment(aside, whatFor, env);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-warn-script-location',
    ];
    await run(join(aside, 'bin', 'python'), [...pip, '-r', requirementsPath], { env }).catch(
      (error: { stderr?: string }) => {
        throw new Error(`${whatFor} can't be installed: ${lastLines(error.stderr)}`);
      },
    );
    await rename(aside, home).catch(async (error: unknown) => {
      if (!(await isThere(home))) throw error; // else somebody else was first
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function makeEnvironment(folder: string, whatFor: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run('python3', ['-m', 'venv', folder], { env }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(
        `${whatFor} needs Python 3.10 or newer with venv: on Debian, apt-get install python3-venv. ` +
          lastLines(`${error.stdout ?? ''}${error.stderr ?? ''}`),
      );
    },
  );
}

function lastLines(text = ''): string {
  return text.trim().split('\n').slice(-3).join(' ');
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
