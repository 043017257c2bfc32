import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../python/python-environment.ts';
import { freePort } from '../src/drivers/free-ports.ts';

const run = promisify(execFile);
const ministackAndBoto3 = {
  name: 'ministack',
  whatFor: 'The AWS emulator of the tests',
  requirementsPath: fileURLToPath(new URL('./requirements.txt', import.meta.url)),
};
const createResources = fileURLToPath(
  new URL('../../localstack/ready.d/create-resources.py', import.meta.url),
);

export interface Emulator {
  /** The AWS SDK's own variables that lead to it. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

const standIns = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/**
 * An AWS to test against, with the resources of the platform made by the same script that prepares LocalStack: the one
 * at AWS_ENDPOINT_URL where that is set, else ministack of our own. Python's side of it (the script needs boto3 in either
 * case) is installed on first use. Throws when that can't be had: tests that need it fail, they are never skipped.
 */
export async function startEmulator(env: NodeJS.ProcessEnv): Promise<Emulator> {
  const { python } = await pythonEnvironment(ministackAndBoto3, env);
  const given = env['AWS_ENDPOINT_URL'];
  const server = given ? { url: given, stop: async () => {} } : await startMinistack(python, env);
  const environment = { ...standIns, ...awsVariablesOf(env), AWS_ENDPOINT_URL: server.url };
  try {
    await run(python, [createResources], { env: { ...env, ...environment } });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { environment, stop: server.stop };
}

function awsVariablesOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(standIns).filter((name) => env[name]);
  return Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
}

async function startMinistack(
  python: string,
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; stop(): Promise<void> }> {
  // It wants to be told its port, so there is a moment in which another program could take it; then it says so.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const home = await mkdtemp(join(tmpdir(), 'ministack-'));
  // However we die, nothing is left running; other systems than Linux have no such command.
  const leash =
    process.platform === 'linux'
      ? { command: 'setpriv', options: ['--pdeathsig', 'KILL', python] }
      : { command: python, options: [] };
  const child = spawn(leash.command, [...leash.options, '-m', 'ministack'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: env['PATH'],
      HOME: home,
      TMPDIR: home,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LOG_LEVEL: 'WARNING',
      // It would look for containers of its own to clean away, and open ports for services that we don't use.
      DOCKER_HOST: `unix://${home}/no-docker`,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  try {
    await whenReady(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function whenReady(url: string, child: ChildProcess): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
  }
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const answer = await fetch(`${url}/_ministack/ready`).catch(() => null);
    if (answer?.ok) return;
    if (failure || child.exitCode !== null) break;
  }
  throw new Error(`The AWS emulator (ministack) did not start. ${failure?.message ?? said}`);
}
