import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { TableRetries } from './table-retries.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

/** A table that refuses the first requests with such an answer, and then gives an empty one. */
async function tableThatRefuses(times: number, refusal: { status: number; type: string }) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    asked++;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (asked > times) response.end('{}');
    else response.writeHead(refusal.status).end(JSON.stringify({ __type: refusal.type, message: 'no' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: new TableRetries(() => 0),
  });
  cleanups.push(
    () => client.destroy(),
    () => server.close().closeAllConnections(),
  );
  const get = () => client.send(new GetItemCommand({ TableName: 'jobs', Key: { id: { S: 'a' } } }));
  return { get, asked: () => asked };
}

const throttled = { status: 400, type: 'ProvisionedThroughputExceededException' };
const refused = { status: 400, type: 'ValidationException' };
const broken = { status: 500, type: 'InternalServerError' };

describe('a request to the table', () => {
  it('that is throttled is tried seven times more', async () => {
    const table = await tableThatRefuses(7, throttled);
    await expect(table.get()).resolves.toBeDefined();
    expect(table.asked()).toBe(8);
  });

  it('that is throttled every time fails as throttled', async () => {
    const table = await tableThatRefuses(100, throttled);
    await expect(table.get()).rejects.toMatchObject({ name: throttled.type });
    expect(table.asked()).toBe(8);
  });

  it('goes on being tried again however many were throttled before', async () => {
    const table = await tableThatRefuses(164, throttled);
    for (let count = 0; count < 20; count++) await expect(table.get()).rejects.toThrow();
    await expect(table.get()).resolves.toBeDefined();
  });

  it('that the service fails at is tried once more, one that is wrong not at all', async () => {
    const failing = await tableThatRefuses(100, broken);
    await expect(failing.get()).rejects.toThrow();
    expect(failing.asked()).toBe(2);
    const wrong = await tableThatRefuses(100, refused);
    await expect(wrong.get()).rejects.toThrow();
    expect(wrong.asked()).toBe(1);
  });

  it('waits at random moments that move apart, a second at most', async () => {
    const retries = new TableRetries(() => 1);
    const delays: number[] = [];
    let token = await retries.acquireInitialRetryToken();
    for (let count = 0; count < 7; count++) {
      token = await retries.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
      delays.push(token.getRetryDelay());
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });
});
