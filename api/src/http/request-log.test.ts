import { signDownloadLink } from '@verbatim/adapters';
import { newJobId, StorageUnavailable } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { anasKey, announcement, bobsKey, fakePlatform, openTestApp } from '../testing/test-app.ts';

describe('the log', () => {
  it('has one line for each request, found by its id', async () => {
    const { as, logged } = await openTestApp();
    await as(anasKey).get('/v1/jobs?limit=5').set('X-Request-Id', 'find-me').expect(200);
    const lines = logged.map((line) => JSON.parse(line)).filter((line) => line.requestId === 'find-me');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      event: 'request.answered',
      method: 'GET',
      path: '/v1/jobs',
      status: 200,
    });
    expect(lines[0].ms).toBeGreaterThanOrEqual(0);
  });

  it('never holds a key, a signature, an address or a file name, at any level', async () => {
    const platform = fakePlatform();
    const { as, logged, linkSecret } = await openTestApp({
      platform,
      env: { MAIL_TO: 'mail.canary@example.org' },
    });
    const fileName = 'name-canary.mp3';
    const { body } = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, fileName })
      .expect(201);
    const link = { jobId: newJobId(0), run: 1, expiresAt: platform.clock.now() + 1000 };
    const token = signDownloadLink(link, linkSecret);
    for (const path of ['/d', '/D']) await as().get(`${path}/${token}`).expect(404);
    await as().get('/storage/audio/x?policy=policy-canary&signature=signature-canary').expect(404);
    await as(anasKey).get('/v1/jobs?cursor=cursor-canary');
    await as('wrong-canary-key-wwwwwwwwwwwwwwwwww')
      .get('/v1/jobs')
      .set('Cookie', 'cookie-canary=1')
      .expect(401);
    await as().get('/v1/jobs').set('X-API-Key', bobsKey).expect(200);
    await as(anasKey).post('/upload').attach('audio_file', Buffer.alloc(9), fileName).expect(200);
    await as(anasKey).post('/v1/jobs').type('json').send('{"fileName": "name-canary').expect(400);
    platform.objects.head = () => Promise.reject(new StorageUnavailable('storage is away'));
    await as(anasKey).post(`/v1/jobs/${body.job.jobId}/uploaded`).expect(503);

    const log = logged.join('');
    expect(log).toContain('request.failed');
    expect(log).not.toMatch(/canary/i);
    expect(log).not.toContain(token);
    expect(log).not.toContain('127.0.0.1');
  });
});
