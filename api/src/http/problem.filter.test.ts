import { describe, expect, it } from 'vitest';
import { anasKey, announcement, fakePlatform, openTestApp } from '../testing/test-app.ts';

const problemType = 'application/problem+json; charset=utf-8';

describe('every error', () => {
  it('of an unknown route is a problem, with the id of the request', async () => {
    const { as } = await openTestApp();
    const answer = await as(anasKey).get('/v2/nothing?x=1').set('X-Request-Id', 'my-id.1').expect(404);
    expect(answer.headers['content-type']).toBe(problemType);
    expect(answer.headers['x-request-id']).toBe('my-id.1');
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at this address.',
      code: 'route.not_found',
      requestId: 'my-id.1',
    });
    await as(anasKey).put('/v1/jobs').expect(404);
    await as(anasKey).get('/v1/jobs/%').expect(400);
  });

  it.each(['two words', 'a\tb', 'x'.repeat(65), '<script>'])(
    'has an id of our own instead of %j',
    async (id) => {
      const { as } = await openTestApp();
      const { headers } = await as(anasKey).get('/nothing').set('X-Request-Id', id);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('of JSON that is none says so', async () => {
    const { as } = await openTestApp();
    const answer = await as(anasKey).post('/v1/jobs').type('json').send('{"fileName": ').expect(400);
    expect(answer.headers['content-type']).toBe(problemType);
    expect(answer.body.code).toBe('request.malformed');
    expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
  });

  it.each([
    ['a list', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['an object', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['a field', JSON.stringify({ ...announcement, keywords: JSON.parse('['.repeat(99) + ']'.repeat(99)) })],
  ])("of JSON that is deeper than anything here is the sender's fault: %s", async (_, body) => {
    const { as } = await openTestApp();
    const answer = await as(anasKey).post('/v1/jobs').type('json').send(body).expect(400);
    expect(answer.body).toMatchObject({
      code: 'request.malformed',
      detail: expect.stringContaining('levels'),
    });
  });

  it('is none of brackets that are text', async () => {
    const { as } = await openTestApp();
    const fileName = `${'["{\\'.repeat(50)}.mp3`;
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, fileName });
    expect(answer.status).toBe(201);
    expect(answer.body.job.fileName).toBe(fileName);
  });

  it('of a body over the limit is 413', async () => {
    const { as, platform } = await openTestApp();
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, fileName: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
    expect(answer.body.code).toBe('request.too_large');
    expect(platform.jobs.records.size).toBe(0);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'of a body as %s names what is missing',
    async (type) => {
      const { as } = await openTestApp();
      const answer = await as(anasKey).post('/v1/jobs').type(type).send('fileName=a').expect(400);
      expect(answer.body.code).toBe('request.invalid');
    },
  );

  it('that we did not foresee says nothing of its cause', async () => {
    const platform = fakePlatform();
    platform.jobs.listByUser = () => Promise.reject(new Error('secret path /var/lib and a stack'));
    const { as, logged } = await openTestApp({ platform });
    const answer = await as(anasKey).get('/v1/jobs').expect(500);
    expect(answer.body).toMatchObject({ code: 'internal.unexpected', title: 'Internal Server Error' });
    expect(answer.text).not.toMatch(/secret|stack|at /);
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.filter((line) => line.event === 'request.failed')).toHaveLength(1);
    expect(lines.find((line) => line.event === 'request.failed').requestId).toBe(answer.body.requestId);
  });
});

describe('every answer', () => {
  it('carries the headers that browsers are kept safe by', async () => {
    const { as } = await openTestApp();
    const { headers } = await as(anasKey).get('/v1/jobs');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('demands TLS only where the public address has it', async () => {
    const plain = await (await openTestApp()).as().get('/health/live');
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    expect(plain.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    const secure = await openTestApp({ env: { PUBLIC_URL: 'https://verbatim.example' } });
    expect((await secure.as().get('/health/live')).headers['strict-transport-security']).toBeDefined();
  });

  it('may be read by pages of the public address and by no others', async () => {
    const { as } = await openTestApp();
    const { headers } = await as(anasKey).get('/v1/jobs').set('Origin', 'http://evil.example');
    expect(headers['access-control-allow-origin']).toBe('http://verbatim.example');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });
});
