import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChosenPorts, choosePorts } from './choose-ports.ts';
import { StandaloneSettings } from './settings.ts';
import { StartFailed } from './start-failed.ts';

describe('choosePorts', () => {
  const servers: Server[] = [];
  const starts: ChosenPorts[] = [];
  let locks: string;
  beforeEach(() => {
    locks = mkdtempSync(join(tmpdir(), 'verbatim-port-locks-'));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const start of starts.splice(0)) start[Symbol.dispose]();
    rmSync(locks, { recursive: true });
  });

  it('refuses a taken port with one sentence that names PORT', async () => {
    const taken = await takePort();
    const choice = chosen({ PORT: taken });
    await expect(choice).rejects.toThrow(StartFailed);
    await expect(choice).rejects.toThrow(
      `Port ${taken} is taken by another program: set PORT to a free one, as in PORT=${taken + 1} npm start.`,
    );
  });

  it('moves the health ports aside where they are taken', async () => {
    const taken = await takePort();
    const ports = await chosen({ WORKER_HEALTH_PORT: taken, NOTIFIER_HEALTH_PORT: taken });
    expect(new Set([taken, ports.api, ports.worker, ports.notifier]).size).toBe(4);
  });

  it('never gives one port to two programs', async () => {
    const free = await freePort();
    const all = { PORT: free, WORKER_HEALTH_PORT: free, NOTIFIER_HEALTH_PORT: free };
    const ports = await chosen(all);
    expect(ports.api).toBe(free);
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  it('gives no port to two starts at the same moment, whose programs have not taken theirs yet', async () => {
    const [api, worker, notifier] = [await freePort(), await freePort(), await freePort()];
    const health = { WORKER_HEALTH_PORT: worker, NOTIFIER_HEALTH_PORT: notifier };
    const [first, second] = await Promise.all([chosen(health), chosen(health)]);
    expect(new Set([...Object.values(first), ...Object.values(second)]).size).toBe(6);
    expect([first.worker, second.worker]).toContain(worker);

    await chosen({ PORT: api });
    await expect(chosen({ PORT: api })).rejects.toThrow(`Port ${api} is taken by another program`);
    for (const start of starts.splice(0)) start[Symbol.dispose]();
    expect((await chosen({ PORT: api })).api).toBe(api);
  });

  it('does without locks where it may not make them', async () => {
    const free = await freePort();
    const start = await choosePorts(settings({ PORT: free }), '/dev/null/locks');
    starts.push(start);
    expect(start.ports.api).toBe(free);
  });

  async function chosen(given: Partial<StandaloneSettings>) {
    const start = await choosePorts(settings(given), locks);
    starts.push(start);
    return start.ports;
  }

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
