import { describe, expect, it } from 'vitest';
import { anasKey, announcement, openTestApp } from '../testing/test-app.ts';

describe('POST /v1/jobs', () => {
  it('makes a job that waits for its file, and the form to send it with', async () => {
    const { as, platform } = await openTestApp();
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, language: 'es' });
    console.log(answer.status, JSON.stringify(answer.body), answer.headers);
    expect(answer.status).toBe(201);
    expect(answer.body.job).toMatchObject({
      status: 'PENDING_UPLOAD',
      language: 'es',
      notification: 'email',
    });
  });
});
