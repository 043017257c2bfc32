import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform, type Platform, PlatformSettings } from '@verbatim/adapters';
import { audioCounterOf, audioWindowSeconds, newJobId } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { askAllAtOnce } from '../testing/ask-all-at-once.ts';
import { anasKey, announcement, bobsKey, listen, openTestApp } from '../testing/test-app.ts';

type App = Awaited<ReturnType<typeof openTestApp>>;

const create = ({ as }: Pick<App, 'as'>, key = anasKey) => as(key).post('/v1/jobs').send(announcement);
const send = ({ as }: App) => as(anasKey).post('/upload').attach('audio_file', Buffer.alloc(9), 'a.mp3');

/** The server on the real local platform, as often as it is started in one folder. */
async function aFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-quotas-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return async (settings: Record<string, string>) => {
    const env = { PLATFORM: 'local', DATA_DIR: folder, ...settings };
    const platform: Platform = await openPlatform(PlatformSettings.parse(env));
    onTestFinished(() => platform.close());
    const { app } = await openTestApp({ env, platform });
    const url = `http://127.0.0.1:${await listen(app)}`;
    const headers = { authorization: `Bearer ${anasKey}`, 'content-type': 'application/json' };
    const statusesOf = async (count: number, path: string, body?: object) => {
      const method = body ? 'POST' : 'GET';
      const asked = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) } as const;
      const answers = await askAllAtOnce(`${url}${path}`, count, asked);
      return countOf(answers.map(({ status }) => status));
    };
    return { platform, statusesOf };
  };
}

function countOf(statuses: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('the limit of requests', () => {
  it('lets exactly as many of 1,000 at once through, and knows them after a restart', {
    timeout: 120_000,
  }, async () => {
    const start = await aFolder();
    const env = { RATE_LIMIT_PER_MINUTE: '300' };
    const before = await start(env);
    expect(await before.statusesOf(1_000, '/v1/usage')).toEqual({ 200: 300, 429: 700 });

    const after = await start(env);
    expect(await after.statusesOf(1, '/v1/usage')).toEqual({ 429: 1 });
  });
});

describe('the limit of open jobs', () => {
  const env = { MAX_OPEN_JOBS_PER_USER: '3' };

  async function fullApp() {
    const app = await openTestApp({ env });
    const jobs: { jobId: string }[] = [];
    for (let time = 0; time < 3; time++) jobs.push((await create(app).expect(201)).body.job);
    return { ...app, jobs };
  }

  it('turns away the next one, tells why and makes nothing of it; others have theirs', async () => {
    const app = await fullApp();
    const { body, headers } = await create(app).expect(429);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ code: 'quota.open_jobs', status: 429 });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['ratelimit-policy']).toBe('"requests";q=600;w=60, "open-jobs";q=3');
    expect(headers['ratelimit']).toBe(`"requests";r=596;t=60, "open-jobs";r=0;t=${headers['retry-after']}`);
    expect((await send(app).expect(429)).body.code).toBe('quota.open_jobs');
    expect(app.platform.jobs.records.size).toBe(3);
    expect(app.platform.objects.objects.size).toBe(0);
    await create(app, bobsKey).expect(201);
  });

  it.each(['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'] as const)(
    'has room again for a job that is %s',
    async (status) => {
      const app = await fullApp();
      await app.platform.jobs.change(app.jobs[1]?.jobId ?? '', { expect: {}, set: { status } });
      await create(app).expect(201);
      await create(app).expect(429);
    },
  );

  it('has room again for a job that was deleted', async () => {
    const app = await fullApp();
    await app.as(anasKey).delete(`/v1/jobs/${app.jobs[0]?.jobId}`).expect(204);
    await create(app).expect(201);
  });

  it('keeps room for a job that is just being made, and not for one that never was', async () => {
    const app = await openTestApp({ env });
    const now = app.platform.clock.now();
    await app.platform.openJobs.add('ana', newJobId(now), 3);
    await app.platform.openJobs.add('ana', newJobId(now - 30_000), 3);
    await create(app).expect(201);
    await create(app).expect(429);
    app.platform.clock.advance(31_000);
    await create(app).expect(201);
    await create(app).expect(429);
  });

  it('counts a failed job that is retried', async () => {
    const app = await openTestApp({ env });
    const failed = aJob({ userId: 'ana', status: 'FAILED', errorCode: 'engine.crashed', audioEtag: 'e' });
    await app.platform.jobs.create(failed);
    for (let time = 0; time < 3; time++) await create(app).expect(201);
    const retry = () => app.as(anasKey).post(`/v1/jobs/${failed.jobId}/retry`);
    expect((await retry().expect(429)).body.code).toBe('quota.open_jobs');
    expect((await app.platform.jobs.get(failed.jobId))?.status).toBe('FAILED');
  });

  it('counts a request that is repeated under its key once', async () => {
    const app = await openTestApp({ env: { MAX_OPEN_JOBS_PER_USER: '1' } });
    for (let time = 0; time < 3; time++) await create(app).set('Idempotency-Key', 'k').expect(201);
  });

  it('looks the jobs of a user at the limit up once in a while, however often that user asks', async () => {
    const app = await fullApp();
    const looks = vi.spyOn(app.platform.jobs, 'get');
    await Promise.all(Array.from({ length: 20 }, () => create(app).expect(429)));
    expect(looks.mock.calls.length).toBeLessThanOrEqual(3);
    app.platform.clock.advance(5_000);
    await create(app).expect(429);
    expect(looks.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('notes nothing where there is no limit', async () => {
    const app = await openTestApp();
    await create(app).expect(201);
    expect(app.platform.openJobs.noted.size).toBe(0);
  });

  it('makes exactly as many of 1,000 at once, and knows them after a restart', {
    timeout: 120_000,
  }, async () => {
    const start = await aFolder();
    const settings = { MAX_OPEN_JOBS_PER_USER: '100', RATE_LIMIT_PER_MINUTE: '9999' };
    const before = await start(settings);
    expect(await before.statusesOf(1_000, '/v1/jobs', announcement)).toEqual({ 201: 100, 429: 900 });
    expect((await before.platform.jobs.listByUser('ana', { limit: 1_000 })).items).toHaveLength(100);

    const after = await start(settings);
    expect(await after.statusesOf(1, '/v1/jobs', announcement)).toEqual({ 429: 1 });
  });
});

describe('the hours of audio in a day', () => {
  const env = { DAILY_AUDIO_HOURS_PER_USER: '1' };

  async function appAfter(seconds: number) {
    const app = await openTestApp({ env });
    // What the worker does.
    await app.platform.counters.addIfBelow(audioCounterOf('ana'), seconds, 3_600, audioWindowSeconds);
    return app;
  }

  it('turn away whoever has none left, until the next day; others have theirs', async () => {
    const app = await appAfter(3_600);
    const { body, headers } = await create(app).expect(429);
    expect(body.code).toBe('quota.audio_hours');
    expect(headers['retry-after']).toBe('86400');
    expect(headers['ratelimit-policy']).toContain('"audio-seconds";q=3600;w=86400');
    expect(headers['ratelimit']).toContain('"audio-seconds";r=0;t=86400');
    expect((await send(app).expect(429)).body.code).toBe('quota.audio_hours');
    expect(app.platform.jobs.records.size).toBe(0);
    await create(app, bobsKey).expect(201);

    app.platform.clock.advance(86_400_000);
    await create(app).expect(201);
  });

  it('let in whoever has any left: how long a recording is, the worker finds out', async () => {
    await create(await appAfter(3_599)).expect(201);
  });
});

describe('GET /v1/usage', () => {
  it('says what was used of what is allowed', async () => {
    const app = await openTestApp({
      env: { MAX_OPEN_JOBS_PER_USER: '3', DAILY_AUDIO_HOURS_PER_USER: '1.5' },
    });
    await app.platform.counters.addIfBelow(audioCounterOf('ana'), 61, 5_400, audioWindowSeconds);
    const resetsAt = new Date(app.platform.clock.now() + 86_400_000).toISOString();
    await create(app).expect(201);
    const { body } = await app.as(anasKey).get('/v1/usage').expect(200);
    expect(body).toEqual({
      openJobs: { limit: 3, used: 1 },
      audio: { limitSeconds: 5_400, usedSeconds: 61, resetsAt },
    });
    const bobs = await app.as(bobsKey).get('/v1/usage').expect(200);
    expect(bobs.body).toMatchObject({ openJobs: { used: 0 }, audio: { usedSeconds: 0 } });
  });

  it('says that there are no limits', async () => {
    const app = await openTestApp();
    await create(app).expect(201);
    const { body } = await app.as(anasKey).get('/v1/usage').expect(200);
    expect(body).toMatchObject({
      openJobs: { limit: null, used: null },
      audio: { limitSeconds: null, usedSeconds: 0 },
    });
  });
});
