import { type AddressInfo, createServer } from 'node:net';
import type { StandaloneSettings } from './settings.ts';
import { StartFailed } from './start-failed.ts';

export interface Ports {
  api: number;
  worker: number;
  notifier: number;
}

/** The api's port is what people type, so a taken one is refused; the others only move aside. @throws StartFailed */
export async function choosePorts(settings: StandaloneSettings): Promise<Ports> {
  const api = await tryPort(settings.PORT, apiHostOf(settings)).catch((error) => {
    throw new StartFailed(whyNot(settings.PORT, error));
  });
  // The children take their ports only later: 8081 must not be given to two of them.
  const worker = await freePort(settings.WORKER_HEALTH_PORT, [api]);
  const notifier = await freePort(settings.NOTIFIER_HEALTH_PORT, [api, worker]);
  return { api, worker, notifier };
}

/** Where the api listens: without keys nobody but this machine may ask. */
export function apiHostOf(settings: Pick<StandaloneSettings, 'HOST' | 'API_KEYS'>): string {
  return settings.HOST ?? (settings.API_KEYS ? '0.0.0.0' : '127.0.0.1');
}

async function freePort(preferred: number, taken: number[]): Promise<number> {
  const port = taken.includes(preferred) ? 0 : preferred;
  return tryPort(port, '127.0.0.1').catch(() => tryPort(0, '127.0.0.1'));
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
