import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailed } from '../command-failed.ts';

const program = resolve(import.meta.dirname, '../../../standalone/dist/main.js');

export interface OwnServer {
  url: string;
  /** Its data goes with it. */
  stop(): Promise<void>;
}

/** What `npm start` runs, on a free port and a data folder of its own. @throws CommandFailed; the signal's reason */
export async function startOwnServer(
  env: Record<string, string | undefined>,
  stop: AbortSignal,
): Promise<OwnServer> {
  if (!existsSync(program))
    throw new CommandFailed(
      'The server is not compiled: "npm run build" does it, or name a running one with --url.',
    );
  const port = await freePort();
  stop.throwIfAborted();
  // Nothing is awaited from here until `stop` is listened to: no Ctrl-C is missed, none leaves the folder behind.
  const dataDir = mkdtempSync(join(tmpdir(), 'verbatim-accuracy-'));
  const child = spawn(process.execPath, [program], {
    env: { ...env, ...settingsOf(port, dataDir) },
    // Its words are for who asks for them; what it says of fetching a model goes through.
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is ours to handle: it stops when we say so.
    detached: true,
  });
  const ended = once(child, 'exit');
  const server: OwnServer = {
    url: `http://localhost:${port}`,
    async stop() {
      child.kill('SIGINT');
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  const isReady = new Promise<void>((ready) => {
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => text.includes('Verbatim is ready') && ready());
  });
  const isStopped = new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  const first = await Promise.race([isReady.then(() => 'ready'), ended.then(() => 'ended'), isStopped]);
  if (first === 'ready') return server;
  await server.stop();
  throw new CommandFailed('The server of its own did not start.');
}

/** Set, even to nothing: `.env` would come next. */
function settingsOf(port: number, dataDir: string): Record<string, string> {
  return {
    PORT: String(port),
    DATA_DIR: dataDir,
    PLATFORM: 'local',
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${port}`,
    API_KEYS: '',
    MAIL_TO: '',
    RATE_LIMIT_PER_MINUTE: '100000',
    // As npm sets it: the server then ends with its parent, however that one dies.
    npm_lifecycle_event: 'start',
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new CommandFailed('No port is free.');
  return address.port;
}
