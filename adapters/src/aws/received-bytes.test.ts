import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { StorageUnavailable } from '@verbatim/domain';
import { bytesOf, readAll, textOf } from '@verbatim/domain/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlatformSettings } from '../platform-settings.ts';
import { openAws } from './open-aws.ts';
import { receivedBytes } from './received-bytes.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('receivedBytes', () => {
  it('gives a body that is all there', async () => {
    const stream = Readable.from([bytesOf('what '), bytesOf('was said')]);

    expect(textOf(await readAll(receivedBytes(stream, 13, undefined)))).toBe('what was said');
  });

  it('refuses a body that ends early', async () => {
    const stream = Readable.from([bytesOf('what')]);

    await expect(readAll(receivedBytes(stream, 13, undefined))).rejects.toThrow(StorageUnavailable);
  });

  it('gives up on a connection that gives nothing, and not on a reader that takes its time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stream = new Readable({ read() {} });
    const body = receivedBytes(stream, 99, undefined)[Symbol.asyncIterator]();
    stream.push(bytesOf('what '));
    await body.next();
    stream.push(bytesOf('was '));

    await vi.advanceTimersByTimeAsync(120_000); // the reader thinks
    expect(textOf((await body.next()).value)).toBe('was ');
    stream.push(bytesOf('said'));
    expect(textOf((await body.next()).value)).toBe('said');
    const waiting = expect(body.next()).rejects.toThrow(StorageUnavailable);
    await vi.advanceTimersByTimeAsync(31_000); // the storage is silent
    await waiting;
    expect(stream.destroyed).toBe(true);
  });
});

describe('an answer that nobody has begun to read', () => {
  it('gives its connection back when it is let go', async () => {
    const stream = new Readable({ read() {} });
    receivedBytes(stream, 13, undefined).destroy();
    await vi.waitFor(() => expect(stream.destroyed).toBe(true));
  });

  it('may break without harm', async () => {
    const stream = new Readable({ read() {} });
    const body = receivedBytes(stream, 13, undefined);
    stream.destroy(Object.assign(new Error('the line is cut'), { code: 'ECONNRESET' }));
    await expect(readAll(body)).rejects.toThrow(StorageUnavailable);
  });
});

describe('reading an object whose connection breaks', () => {
  it('ends with StorageUnavailable', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100', etag: '"e"', 'content-type': 'audio/mpeg' });
      response.write('only this');
      setTimeout(() => response.destroy(), 20);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => void server.close());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const platform = await openAws(PlatformSettings.parse({ AWS_ENDPOINT_URL: endpoint }));
    closing.push(platform.close);

    const { body, sizeBytes } = await platform.objects.get('audio', 'ana/job/audio.mp3');

    expect(sizeBytes).toBe(100);
    await expect(readAll(body)).rejects.toThrow(StorageUnavailable);
  });
});
