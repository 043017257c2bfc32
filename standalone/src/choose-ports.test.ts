import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { choosePorts } from './choose-ports.ts';
import { StandaloneSettings } from './settings.ts';
import { StartFailed } from './start-failed.ts';

describe('choosePorts', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('refuses a taken port with one sentence that names PORT', async () => {
    const taken = await takePort();
    const choice = choosePorts(settings({ PORT: taken }));
    await expect(choice).rejects.toThrow(StartFailed);
    await expect(choice).rejects.toThrow(
      `Port ${taken} is taken by another program: set PORT to a free one, as in PORT=${taken + 1} npm start.`,
    );
  });

  it('moves the health ports aside where they are taken', async () => {
    const taken = await takePort();
    const ports = await choosePorts(settings({ WORKER_HEALTH_PORT: taken, NOTIFIER_HEALTH_PORT: taken }));
    expect(new Set([taken, ports.api, ports.worker, ports.notifier]).size).toBe(4);
  });

  it('never gives one port to two programs', async () => {
    const free = await freePort();
    const all = { PORT: free, WORKER_HEALTH_PORT: free, NOTIFIER_HEALTH_PORT: free };
    const ports = await choosePorts(settings(all));
    expect(ports.api).toBe(free);
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  function settings(given: Partial<StandaloneSettings>): StandaloneSettings {
    const free = { PORT: 0, WORKER_HEALTH_PORT: 0, NOTIFIER_HEALTH_PORT: 0 };
    return { ...StandaloneSettings.parse({}), ...free, ...given };
  }

  function takePort(): Promise<number> {
    const server = createServer();
    servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }

  async function freePort(): Promise<number> {
    const port = await takePort();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    return port;
  }
});
