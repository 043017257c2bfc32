import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '@verbatim/adapters/take-lock';
import type { StandaloneSettings } from './settings.ts';
import { StartFailed } from './start-failed.ts';

export interface Ports {
  api: number;
  worker: number;
  notifier: number;
}

export interface ChosenPorts extends Disposable {
  ports: Ports;
}

/** One for each user of the machine: a lock that we may not take is none. */
const usualLocks = join(tmpdir(), `verbatim-ports-${userInfo().uid}`);

/**
 * The api's port is what people type, so a taken one is refused; the others only move aside. The programs take them only
 * later, so until this is disposed of no other `npm start` chooses the same. @throws StartFailed
 */
export async function choosePorts(settings: StandaloneSettings, locks = usualLocks): Promise<ChosenPorts> {
  const held = new DisposableStack();
  const take = async (port: number, host: string): Promise<number> => {
    if (port !== 0) held.use(lockPort(port, locks));
    return tryPort(port, host);
  };
  const orAnother = (port: number, others: number[]) =>
    take(others.includes(port) ? 0 : port, loopback).catch(() => tryPort(0, loopback));

  const api = await take(settings.PORT, apiHostOf(settings)).catch((error) => {
    throw new StartFailed(whyNot(settings.PORT, error));
  });
  const worker = await orAnother(settings.WORKER_HEALTH_PORT, [api]);
  const notifier = await orAnother(settings.NOTIFIER_HEALTH_PORT, [api, worker]);
  return { ports: { api, worker, notifier }, [Symbol.dispose]: () => held.dispose() };
}

const loopback = '127.0.0.1';

/** @throws an error with the code of a port that is taken, when another `npm start` has chosen it */
function lockPort(port: number, locks: string): Disposable | undefined {
  let lock: Disposable | undefined;
  try {
    lock = takeLock(join(locks, `${port}.lock`));
  } catch {
    // The folder is another user's. Then two starts at the same moment may collide, as any two programs can.
    return undefined;
  }
  if (lock) return lock;
  throw Object.assign(new Error(`another start has chosen port ${port}`), { code: 'EADDRINUSE' });
}

/** Where the api listens: without keys nobody but this machine may ask. */
export function apiHostOf(settings: Pick<StandaloneSettings, 'HOST' | 'API_KEYS'>): string {
  return settings.HOST ?? (settings.API_KEYS ? '0.0.0.0' : '127.0.0.1');
}

/** Resolves to the port when it is free, for 0 to any free one. */
function tryPort(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const found = (server.address() as AddressInfo).port;
      server.close(() => resolve(found));
    });
  });
}

function whyNot(port: number, error: NodeJS.ErrnoException): string {
  const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `can't be used (${error.code})`;
  return `Port ${port} ${why}: set PORT to a free one, as in PORT=${port + 1} npm start.`;
}
