import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const minute = 60_000;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** An S3 client, heard by the clock, of a server whose own clock is off. */
async function clientOf(clock: ServerClock, server: { aheadMs: number; status?: number }): Promise<S3Client> {
  const http = createServer((_, response) => {
    response.sendDate = false;
    response.setHeader('date', new Date(Date.now() + server.aheadMs).toUTCString());
    response.writeHead(server.status ?? 200).end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  clock.listenTo(client);
  closing.push(() => {
    client.destroy();
    http.closeAllConnections();
    http.close();
  });
  return client;
}

const ask = (client: S3Client) => client.send(new HeadBucketCommand({ Bucket: 'any' }));

describe('ServerClock', () => {
  it.each([15, -15])('follows servers that are %i minutes ahead, to the second', async (minutes) => {
    const clock = new ServerClock(Date.now);
    await ask(await clientOf(clock, { aheadMs: minutes * minute }));

    expect(Math.abs(clock.now() - (Date.now() + minutes * minute))).toBeLessThanOrEqual(1_000);
  });

  it('leaves a clock alone that is right to the second', async () => {
    const clock = new ServerClock(Date.now);
    const client = await clientOf(clock, { aheadMs: 0 });
    for (let i = 0; i < 5; i++) await ask(client);

    expect(clock.offsetMs).toBe(0);
  });

  it('learns from refusals too', async () => {
    const clock = new ServerClock(Date.now);
    const refused = ask(await clientOf(clock, { aheadMs: 15 * minute, status: 403 }));

    await expect(refused).rejects.toThrow();
    expect(clock.offsetMs).toBeGreaterThan(14 * minute);
  });

  it('comes back when the machine’s clock is put right', async () => {
    const clock = new ServerClock(Date.now);
    await ask(await clientOf(clock, { aheadMs: 15 * minute }));
    await ask(await clientOf(clock, { aheadMs: 0 }));

    expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(1_000);
  });
});
