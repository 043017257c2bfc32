import { acceptedUpload, claimed, defaultJobTimes, givenUp } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { finishedJob } from '../testing/finished-job.ts';
import { anasKey, bobsKey, openTestApp } from '../testing/test-app.ts';

const rootsKey = 'root-canary-key-cccccccccccccccccccccccc';
const env = { API_KEYS: `laptop:${anasKey}:ana,phone:${bobsKey}:bob,desk:${rootsKey}:root::operator` };

describe('GET /v1/jobs/{id}/history', () => {
  it('tells what happened to the job, in order', async () => {
    const { as, platform } = await openTestApp();
    const { body } = await as(anasKey)
      .post('/v1/jobs')
      .send({ fileName: 'a.mp3', contentType: 'audio/mpeg', sizeBytes: 1000 })
      .expect(201);
    const { jobId } = body.job;
    const by = { worker: 'box-1-x', messageId: 'm1' };
    const now = platform.clock.now();
    const audio = { etag: 'e', sizeBytes: 1000 };
    await platform.jobs.change(jobId, acceptedUpload(await job(), audio, now, defaultJobTimes));
    await platform.jobs.change(jobId, claimed(await job(), by, now, defaultJobTimes));
    await platform.jobs.change(jobId, givenUp(await job(), 'engine.crashed', now, defaultJobTimes));
    await as(anasKey).post(`/v1/jobs/${jobId}/retry`).expect(202);

    const answer = await as(anasKey).get(`/v1/jobs/${jobId}/history`).expect(200);

    expect(answer.body.dropped).toBe(0);
    expect(answer.body.items.map(({ event }: { event: string }) => event)).toEqual([
      'job.created',
      'job.upload_accepted',
      'job.claimed',
      'job.given_up',
      'job.retried',
    ]);
    expect(answer.body.items[3]).toEqual({
      at: new Date(now).toISOString(),
      event: 'job.given_up',
      run: 1,
      fence: 1,
      from: 'PROCESSING',
      to: 'FAILED',
      failures: 0,
      interruptions: 0,
      chunk: null,
      code: 'engine.crashed',
      worker: null,
    });

    async function job() {
      const stored = await platform.jobs.get(jobId);
      if (!stored) throw new Error('no job');
      return stored;
    }
  });

  it('is shown to the job’s owner and to operators, and to nobody else', async () => {
    const { as, platform } = await openTestApp({ env });
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/history`;
    await as(anasKey).get(path).expect(200);
    await as(rootsKey).get(path).expect(200);
    const { body } = await as(bobsKey).get(path).expect(404);
    expect(body.code).toBe('job.unknown');
    await as(rootsKey).get('/v1/jobs/%2e%2e/history').expect(404);
  });

  it('is gone with a deleted job, for operators too', async () => {
    const { as, platform } = await openTestApp({ env });
    const { job } = await finishedJob(platform);
    await as(anasKey).delete(`/v1/jobs/${job.jobId}`).expect(204);
    for (const key of [anasKey, rootsKey]) await as(key).get(`/v1/jobs/${job.jobId}/history`).expect(404);
  });
});
