import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end; resolves to what it printed. @throws with everything it printed */
export async function command(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
) {
  const { stdout, stderr } = await run(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(
        `${program} ${args.join(' ')} failed: ${error.stdout ?? ''}${error.stderr ?? error.message}`,
      );
    },
  );
  return `${stdout}${stderr}`.trim();
}

export function docker(...args: string[]): Promise<string> {
  return command('docker', args);
}

/** `docker compose`, or its predecessor. @throws a sentence when there is no engine, or no compose */
export async function composeCommand(): Promise<[program: string, ...args: string[]]> {
  await docker('info').catch(() => {
    throw new Error(
      'No Docker engine answers: `docker info` fails. These tests need one that may build images.',
    );
  });
  const isThere = (program: string, ...args: string[]) =>
    run(program, args).then(
      () => true,
      () => false,
    );
  if (await isThere('docker', 'compose', 'version')) return ['docker', 'compose'];
  if (await isThere('docker-compose', 'version')) return ['docker-compose'];
  throw new Error('There is neither `docker compose` nor `docker-compose`: install one of them.');
}
