import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../random.ts';
import { HttpProxy } from './http-proxy.ts';
import { TcpProxy } from './tcp-proxy.ts';

const body = 'x'.repeat(100_000);
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function answer(response: ServerResponse): void {
  response.setHeader('content-length', body.length).end(body);
}

/** `hold`: the first answer waits for it. */
async function aServer(
  hold = Promise.resolve(),
): Promise<{ host: string; port: number; asked: () => number }> {
  let asked = 0;
  const server: Server = createServer((_request, response) => {
    asked++;
    void (asked === 1 ? hold : Promise.resolve()).then(() => answer(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close().closeAllConnections());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, asked: () => asked };
}

describe('TcpProxy', () => {
  async function aLine() {
    const line = await TcpProxy.listen(await aServer(), new Random('a seed'));
    cleanups.push(() => line.close());
    const get = () => fetch(`http://127.0.0.1:${line.port}/`, { headers: { connection: 'close' } });
    return { line, get };
  }

  it('lets everything through as it is', async () => {
    const { get } = await aLine();
    expect(await (await get()).text()).toBe(body);
  });

  it('makes a line slower, in each direction', async () => {
    const { line, get } = await aLine();
    line.faults = { ...line.faults, latencyMs: 60 };
    const started = performance.now();
    await (await get()).text();
    expect(performance.now() - started).toBeGreaterThanOrEqual(110);
  });

  it('resets connections', async () => {
    const { line, get } = await aLine();
    line.faults = { ...line.faults, resetShare: 1 };
    await expect(get()).rejects.toThrow();
  });

  it('lets nobody through while it is down, and everybody once it is mended', async () => {
    const { line, get } = await aLine();
    line.partition();
    await expect(get()).rejects.toThrow();
    line.mend();
    expect(await (await get()).text()).toBe(body);
  });
});

describe('HttpProxy', () => {
  async function aProxy(hold?: Promise<void>) {
    const server = await aServer(hold);
    const proxy = await HttpProxy.listen(server);
    cleanups.push(() => proxy.close());
    const ask = (operation = 'AmazonSQS.DeleteMessage', signal?: AbortSignal) =>
      fetch(`http://127.0.0.1:${proxy.target.port}/`, {
        ...{ method: 'POST', signal: signal ?? null },
        headers: { 'x-amz-target': operation, connection: 'close' },
        body: '{}',
      });
    return { proxy, server, ask };
  }

  it('answers in place of the server, for the operations that were chosen', async () => {
    const { proxy, server, ask } = await aProxy();
    proxy.fault = ({ operation }) =>
      operation.endsWith('.DeleteMessage') ? { answer: 500, body: 'no' } : null;
    expect((await ask()).status).toBe(500);
    expect(server.asked()).toBe(0);
    expect(await (await ask('AmazonSQS.SendMessage')).text()).toBe(body);
  });

  it('loses an answer although the request was done', async () => {
    const { proxy, server, ask } = await aProxy();
    proxy.fault = () => 'lose-answer';
    await expect(ask()).rejects.toThrow();
    expect(server.asked()).toBe(1);
  });

  it('tells of answers whose clients were gone', async () => {
    const hold = Promise.withResolvers<void>();
    const { proxy, server, ask } = await aProxy(hold.promise);
    const told = Promise.withResolvers<string>();
    proxy.abandoned = ({ operation }, answer) => told.resolve(`${operation} ${answer}`);
    const gone = new AbortController();
    const asking = ask('AmazonSQS.ReceiveMessage', gone.signal);
    await vi.waitUntil(() => server.asked() === 1);
    gone.abort();
    await expect(asking).rejects.toThrow();
    // What comes after the end of that connection has been noticed comes after that end has, too.
    await (await ask('AmazonSQS.SendMessage')).text();
    hold.resolve();
    expect(await told.promise).toBe(`AmazonSQS.ReceiveMessage ${body}`);
  });

  it('ends an answer in its middle', async () => {
    const { proxy, ask } = await aProxy();
    proxy.fault = () => 'truncate';
    await expect(ask().then((answer) => answer.text())).rejects.toThrow();
  });
});
