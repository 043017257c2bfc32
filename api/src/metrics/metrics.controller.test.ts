import { describe, expect, it } from 'vitest';
import { anasKey, announcement, openTestApp } from '../testing/test-app.ts';

describe('/metrics', () => {
  it('times requests by the template of their route, and counts jobs', async () => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey).post('/v1/jobs').send(announcement).expect(201);
    await as(anasKey).get(`/v1/jobs/${body.job.jobId}`).expect(200);
    await as(anasKey).get('/v1/jobs/unknown').expect(404);
    await as(anasKey).get('/no/such/route').expect(404);
    const { text, headers } = await as().get('/metrics').expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const count = (labels: string) => new RegExp(`http_request_duration_seconds_count\\{${labels}\\} 1\\b`);
    expect(text).toMatch(count('method="GET",route="/v1/jobs/:jobId",status_code="200"'));
    expect(text).toMatch(count('method="GET",route="/v1/jobs/:jobId",status_code="404"'));
    expect(text).toMatch(count('method="GET",route="unmatched",status_code="404"'));
    expect(text).toContain('verbatim_jobs_created_total{upload="post"} 1');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain(body.job.jobId);
  });
});
