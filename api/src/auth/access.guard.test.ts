import { describe, expect, it } from 'vitest';
import { anasKey, bobsKey, fakePlatform, openTestApp } from '../testing/test-app.ts';

const anonymous = { API_KEYS: '' };
const local = { ...anonymous, PUBLIC_URL: 'http://localhost:8000' };

describe('a server with keys', () => {
  it('asks for one, and knows its user by either header', async () => {
    const { as } = await openTestApp();
    const none = await as().get('/v1/jobs').expect(401);
    expect(none.body.code).toBe('auth.required');
    expect(none.headers['www-authenticate']).toMatch(/^Bearer/);
    await as().get('/v1/jobs').set('X-API-Key', anasKey).expect(200);
    await as().get('/v1/jobs').set('Authorization', `bearer ${anasKey}`).expect(200);
  });

  it.each([
    'Bearer ',
    'Bearer wrong',
    `Bearer ${anasKey}x`,
    `Bearer ${anasKey} x`,
    `Basic ${anasKey}`,
    anasKey,
  ])('refuses %j', async (authorization) => {
    const { as } = await openTestApp();
    const { body } = await as().get('/v1/jobs').set('Authorization', authorization).expect(401);
    expect(body.code).toMatch(/^auth\./);
    expect(JSON.stringify(body)).not.toContain(anasKey);
  });

  it.each([
    ['get', '/v1/jobs'],
    ['post', '/v1/jobs'],
    ['get', '/v1/jobs/x'],
    ['delete', '/v1/jobs/x'],
    ['post', '/v1/jobs/x/uploaded'],
    ['post', '/v1/jobs/x/cancel'],
    ['post', '/v1/jobs/x/retry'],
    ['get', '/v1/jobs/x/transcript'],
    ['post', '/upload-audio/'],
    ['post', '/upload'],
    ['get', '/status/x'],
    ['get', '/result/x'],
  ] as const)('guards %s %s', async (method, path) => {
    const { as } = await openTestApp();
    await as()[method](path).expect(401);
    await as('0'.repeat(32))[method](path).expect(401);
  });

  it('answers under any name, since a key says who it is', async () => {
    const { as } = await openTestApp();
    await as(anasKey)
      .get('/v1/jobs')
      .set('Host', 'other.example')
      .set('Origin', 'http://a.example')
      .expect(200);
  });
});

describe('a server without keys', () => {
  it.each(['localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'LOCALHOST', 'localhost'])(
    'answers as %s',
    async (host) => {
      const { as } = await openTestApp({ env: local });
      await as().get('/v1/jobs').set('Host', host).expect(200);
      await as().get('/v1/jobs').set('Host', host).set('Origin', `http://${host}`.toLowerCase()).expect(200);
    },
  );

  it('answers under its public name, to its own pages', async () => {
    const { as } = await openTestApp({ env: { ...anonymous, PUBLIC_URL: 'https://verbatim.example' } });
    const own = as().get('/v1/jobs').set('Host', 'verbatim.example');
    await own.set('Origin', 'https://verbatim.example').expect(200);
  });

  it.each(['rebound.example', 'localhost.rebound.example', '10.0.0.1', '127.0.0.1.nip.example:8000', ''])(
    'refuses a foreign Host: %j',
    async (host) => {
      const { as } = await openTestApp({ env: local });
      const { body } = await as().get('/v1/jobs').set('Host', host).expect(403);
      expect(body.code).toBe('request.foreign_host');
    },
  );

  it.each([
    'http://evil.example',
    'null',
    'http://localhost:3000',
    'http://localhost:8000.evil.example',
    'x',
  ])('refuses a foreign Origin: %s', async (origin) => {
    const { as, platform } = await openTestApp({ env: local });
    const request = as().post('/v1/jobs').set('Host', 'localhost:8000').set('Origin', origin);
    await request.send({ fileName: 'a.mp3', contentType: 'audio/mpeg', sizeBytes: 1 }).expect(403);
    expect(platform.jobs.records.size).toBe(0);
  });
});

describe('the limit of requests', () => {
  const env = { RATE_LIMIT_PER_MINUTE: '3' };

  it('is counted for each user and told in headers', async () => {
    const { as, platform } = await openTestApp({ env });
    for (const remaining of ['2', '1', '0']) {
      const { headers } = await as(anasKey).get('/v1/jobs').expect(200);
      expect(headers).toMatchObject({
        'ratelimit-policy': '"requests";q=3;w=60',
        ratelimit: `"requests";r=${remaining};t=60`,
      });
    }
    const { body, headers } = await as(anasKey).get('/v1/jobs').expect(429);
    expect(body.code).toBe('request.too_many');
    expect(headers).toMatchObject({ 'retry-after': '60', ratelimit: '"requests";r=0;t=60' });
    await as(bobsKey).get('/v1/jobs').expect(200);

    platform.clock.advance(Number(headers['retry-after']) * 1000);
    await as(anasKey).get('/v1/jobs').expect(200);
  });

  it('counts wrong keys by address, and does not let them use up the limit of a user', async () => {
    const { as } = await openTestApp({ env });
    for (const guess of ['a', 'b', 'c']) await as(guess.repeat(32)).get('/v1/jobs').expect(401);
    await as('d'.repeat(32)).get('/v1/jobs').expect(429);
    await as(anasKey).get('/v1/jobs').expect(200);
  });

  it('tells addresses apart behind a proxy that is trusted, and only then', async () => {
    const trusting = await openTestApp({ env: { ...env, TRUST_PROXY: '1' } });
    const naive = await openTestApp({ env });
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']) {
      await trusting.as().get('/v1/jobs').set('X-Forwarded-For', address).expect(401);
      await naive.as().get('/v1/jobs').set('X-Forwarded-For', address);
    }
    await naive.as().get('/v1/jobs').set('X-Forwarded-For', '10.0.0.5').expect(429);
  });

  it('leaves probes and pages alone', async () => {
    const { as } = await openTestApp({ env });
    for (let time = 0; time < 5; time++) await as().get('/health/live').expect(200);
  });

  it('locks nobody out when it can not be counted', async () => {
    const platform = fakePlatform();
    platform.counters.addIfBelow = () => Promise.reject(new Error('the table is away'));
    const { as } = await openTestApp({ env, platform });
    for (let time = 0; time < 5; time++) await as(anasKey).get('/v1/jobs').expect(200);
  });
});
