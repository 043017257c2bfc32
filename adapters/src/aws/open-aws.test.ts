import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { QueueUnavailable, StorageUnavailable } from '@verbatim/domain';
import { aJob, bytesOf } from '@verbatim/domain/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Platform } from '../platform.ts';
import { PlatformSettings } from '../platform-settings.ts';
import { openAws } from './open-aws.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
});

async function openAt(endpoint: string): Promise<Platform> {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const platform = await openAws(PlatformSettings.parse({ PLATFORM: 'aws', AWS_ENDPOINT_URL: endpoint }));
  closing.push(() => platform.close());
  return platform;
}

async function listen(onConnection: (socket: Socket) => void): Promise<{ server: Server; url: string }> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Where nobody listens any more. */
async function closedPort(): Promise<string> {
  const { server, url } = await listen(() => {});
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** Accepts connections and never says a word. */
async function blackHole(): Promise<string> {
  const sockets = new Set<Socket>();
  const { server, url } = await listen((socket) => sockets.add(socket.on('error', () => {})));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return url;
}

/** One call of each kind that a request to the api may need; all at once. */
function callsOf({ jobs, objects, counters, workers, queue }: Platform) {
  const storage = [
    jobs.ping(),
    jobs.create(aJob()),
    jobs.get('job'),
    jobs.change('job', { expect: { run: 1 }, set: { run: 2 } }),
    jobs.remove('job', {}),
    jobs.listByUser('ana', { limit: 10 }),
    jobs.due(1, 10),
    objects.ping(),
    objects.head('audio', 'key'),
    objects.get('audio', 'key'),
    objects.deletePrefix('audio', 'ana/'),
    counters.addIfBelow('key', 1, 10, 60),
    workers.list(0),
  ];
  const queues = [queue.send('transcription', '{}', { groupId: 'ana' }), queue.depth('transcription')];
  return { storage, queues };
}

async function expectAllUnavailable(platform: Platform): Promise<void> {
  const { storage, queues } = callsOf(platform);
  const errors = (calls: Promise<unknown>[]) =>
    Promise.all(
      calls.map((call) =>
        call.then(
          () => 'an answer',
          (error: unknown) => error,
        ),
      ),
    );
  const [ofStorage, ofQueues] = await Promise.all([errors(storage), errors(queues)]);
  for (const error of ofStorage) expect(error).toBeInstanceOf(StorageUnavailable);
  for (const error of ofQueues) expect(error).toBeInstanceOf(QueueUnavailable);
  for (const error of [...ofStorage, ...ofQueues] as Error[]) expect(error.cause).toBeInstanceOf(Error);
}

describe('the aws platform, while AWS is down', () => {
  it('says so at once where nobody listens', async () => {
    const platform = await openAt(await closedPort());
    const start = performance.now();

    await expectAllUnavailable(platform);
    await expect(
      platform.objects.put('audio', 'key', bytesOf('hello'), { contentType: 'audio/mpeg' }),
    ).rejects.toThrow(StorageUnavailable);

    expect(performance.now() - start).toBeLessThan(4_000);
  });

  it('says so within 8 s where nobody answers', { timeout: 20_000 }, async () => {
    const platform = await openAt(await blackHole());
    const start = performance.now();

    await expectAllUnavailable(platform);

    expect(performance.now() - start).toBeLessThan(8_000);
  });

  it('keeps a consumer trying, and stops it at once', async () => {
    const platform = await openAt(await closedPort());
    const errors: unknown[] = [];
    const consumer = platform.queue.consume(
      'transcription',
      { slots: 2, onError: (error) => errors.push(error) },
      async () => 'done',
    );
    await vi.waitFor(() => expect(errors.length).toBeGreaterThanOrEqual(4), { timeout: 8_000 });
    const start = performance.now();

    await consumer.stop({ graceMs: 30_000 });

    expect(performance.now() - start).toBeLessThan(1_000);
    for (const error of errors) expect(error).toBeInstanceOf(QueueUnavailable);
  });

  it('still signs uploads: that is local computation', async () => {
    const platform = await openAt(await closedPort());
    const terms = { method: 'POST', contentType: 'audio/mpeg', sizeBytes: 10, expiresInSeconds: 60 } as const;

    expect(await platform.objects.presignUpload('ana/job/audio.mp3', terms)).toMatchObject({
      method: 'POST',
      fields: { key: 'ana/job/audio.mp3' },
    });
  });
});

describe('openAws', () => {
  it('signs addresses for browsers with the public endpoint', async () => {
    const endpoint = await closedPort();
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const settings = PlatformSettings.parse({
      AWS_ENDPOINT_URL: endpoint,
      S3_PUBLIC_ENDPOINT: 'http://files.example:4566',
    });
    const { objects, close } = await openAws(settings);
    closing.push(close);
    const terms = { contentType: 'audio/mpeg', sizeBytes: 10, expiresInSeconds: 60 };

    const form = await objects.presignUpload('k', { ...terms, method: 'POST' });
    const put = await objects.presignUpload('k', { ...terms, method: 'PUT' });
    const get = await objects.presignDownload('audio', 'k', { expiresInSeconds: 60, fileName: 'a.mp3' });

    expect(form.url).toMatch(/^http:\/\/files\.example:4566\/verbatim-audio\/?$/);
    expect(put.url).toMatch(/^http:\/\/files\.example:4566\/verbatim-audio\/k\?/);
    expect(get).toMatch(/^http:\/\/files\.example:4566\/verbatim-audio\/k\?/);
    expect(new URL(put.url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;if-none-match',
    );
  });
});
