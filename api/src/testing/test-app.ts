import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, type Platform, readSettings } from '@verbatim/adapters';
import {
  FakeClock,
  InMemoryCounters,
  InMemoryIdempotencyKeys,
  InMemoryJobStore,
  InMemoryObjectStore,
  InMemoryOpenJobs,
  InMemoryThroughput,
  InMemoryWorkerRegistry,
  InMemoryWorkQueue,
} from '@verbatim/domain/testing';
import supertest from 'supertest';
import { onTestFinished } from 'vitest';
import type { AppParts } from '../app.module.ts';
import { ApiConfig } from '../config.ts';
import { createApp } from '../create-app.ts';

export const anasKey = 'ana-canary-key-aaaaaaaaaaaaaaaaaaaaaaaa';
export const bobsKey = 'bob-canary-key-bbbbbbbbbbbbbbbbbbbbbbbb';
const linkSecret = 'the-secret-that-signs-links-in-tests';

export type FakePlatform = ReturnType<typeof fakePlatform>;

export function fakePlatform() {
  const clock = new FakeClock();
  return {
    clock,
    counters: new InMemoryCounters(clock),
    idempotencyKeys: new InMemoryIdempotencyKeys(),
    jobs: new InMemoryJobStore(),
    objects: new InMemoryObjectStore(),
    openJobs: new InMemoryOpenJobs(),
    queue: new InMemoryWorkQueue(),
    throughput: new InMemoryThroughput(),
    workers: new InMemoryWorkerRegistry(),
    dataFolder: null as string | null,
    close: async () => {},
  };
}

/** The whole api around fakes, closed with the test. By default ana and bob have keys; `env` says otherwise. */
export async function openTestApp<P extends Platform = FakePlatform>(
  options: {
    env?: Record<string, string>;
    platform?: P;
    events?: AppParts['events'];
    page?: string | null;
    pace?: AppParts['pace'];
  } = {},
) {
  const platform = (options.platform ?? fakePlatform()) as P;
  const config = readSettings(ApiConfig, {
    PLATFORM: 'aws',
    LINK_SECRET: linkSecret,
    API_KEYS: `laptop:${anasKey}:ana:ana.canary@example.org,phone:${bobsKey}:bob`,
    PUBLIC_URL: 'http://verbatim.example',
    LOG_LEVEL: 'trace',
    ...options.env,
  });
  const logged: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const app = await createApp({
    config,
    platform,
    linkSecret,
    page: options.page ?? null,
    ...(options.events ? { events: options.events } : {}),
    ...(options.pace ? { pace: options.pace } : {}),
    log: createLogger('api', config, destination),
  });
  onTestFinished(() => app.close());
  return { app, platform, logged, linkSecret, as: clientOf(app) };
}

/** For what supertest can't do: raw sockets, streams. Answers the port. */
export async function listen(app: NestExpressApplication): Promise<number> {
  await app.listen(0, '127.0.0.1');
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** `as(anasKey).get('/v1/jobs')`; without a key nobody is said. Answers come as they are, not compressed, unless asked for. */
function clientOf(app: NestExpressApplication) {
  return (key?: string) => {
    const client = supertest.agent(app.getHttpServer()).set('Accept-Encoding', 'identity');
    return key ? client.set('Authorization', `Bearer ${key}`) : client;
  };
}

export const announcement = { fileName: 'meeting.mp3', contentType: 'audio/mpeg', sizeBytes: 1000 };
