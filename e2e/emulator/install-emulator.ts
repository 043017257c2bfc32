import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/**
 * ministack and boto3 in a Python environment of their own under the user's cache, shared by all checkouts that want
 * the same versions. Made aside and moved into place whole; two that make it at once both end up with the winner's.
 */
export async function installEmulator(env: NodeJS.ProcessEnv): Promise<{ python: string }> {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'verbatim');
  const hash = createHash('sha256').update(await readFile(requirements));
  const home = join(cache, `ministack-${hash.digest('hex').slice(0, 16)}`);
  const python = join(home, 'bin', 'python');
  if (!(await isThere(python))) await install(cache, home, env);
  return { python };
}

async function install(cache: string, home: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(join(cache, 'ministack-new-'));
  try {
    await makeEnvironment(aside, env);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-warn-script-location',
    ];
    await run(join(aside, 'bin', 'python'), [...pip, '--require-hashes', '-r', requirements], { env }).catch(
      (error: { stderr?: string }) => {
        throw new Error(`The AWS emulator of the tests can't be installed: ${lastLines(error.stderr)}`);
      },
    );
    await rename(aside, home).catch(async (error: unknown) => {
      if (!(await isThere(home))) throw error; // else somebody else was first
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function makeEnvironment(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run('python3', ['-m', 'venv', folder], { env }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(
        'The AWS emulator of the tests needs Python 3.10 or newer with venv: on Debian, apt-get install python3-venv. ' +
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
