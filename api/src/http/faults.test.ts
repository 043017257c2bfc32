import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { platformFailingAt } from '../testing/failing-platform.ts';
import { anasKey, announcement, openTestApp } from '../testing/test-app.ts';

type Client = ReturnType<Awaited<ReturnType<typeof openTestApp>>['as']>;

const queued = aJob({ userId: 'ana', status: 'QUEUED' });
const failed = aJob({ userId: 'ana', status: 'FAILED', errorCode: 'engine.crashed', audioEtag: 'e' });
const waiting = aJob({ userId: 'ana', status: 'PENDING_UPLOAD' });

const requests: [string, (client: Client) => ReturnType<Client['get']>][] = [
  ['create', (client) => client.post('/v1/jobs').send(announcement)],
  ['list', (client) => client.get('/v1/jobs')],
  ['get', (client) => client.get(`/v1/jobs/${queued.jobId}`)],
  ['uploaded', (client) => client.post(`/v1/jobs/${waiting.jobId}/uploaded`)],
  ['cancel', (client) => client.post(`/v1/jobs/${queued.jobId}/cancel`)],
  ['retry', (client) => client.post(`/v1/jobs/${failed.jobId}/retry`)],
  ['delete', (client) => client.delete(`/v1/jobs/${queued.jobId}`)],
  ['status', (client) => client.get(`/status/${queued.jobId}`)],
  ['upload', (client) => client.post('/upload').attach('audio_file', Buffer.alloc(1000), 'a.mp3')],
];

/** Table and storage as they are, without the proxies: what a request really left. */
async function openWithJobs(nth: number, until: 'once' | 'for good') {
  const platform = platformFailingAt(nth, until);
  for (const job of [queued, failed, waiting]) platform.jobs.records.set(job.jobId, structuredClone(job));
  const stored = { bytes: new Uint8Array(9), sizeBytes: 9, etag: 'e', contentType: 'audio/mpeg' };
  platform.objects.objects.set(`audio/${waiting.audioKey}`, stored);
  const { as } = await openTestApp({ platform });
  const state = () => ({
    jobs: structuredClone([...platform.jobs.records.values()]),
    objects: [...platform.objects.objects.keys()],
    messages: platform.queue.messages.length,
  });
  return { client: as(anasKey), platform, state };
}

describe.each(['once', 'for good'] as const)('table or storage failing %s, at each call in turn', (until) => {
  it.each(requests)(
    '%s answers 503 with Retry-After and changes nothing, or does its work',
    async (_, send) => {
      for (let nth = 1; ; nth++) {
        const { client, platform, state } = await openWithJobs(nth, until);
        const before = state();
        const answer = await send(client);
        if (platform.calls() < nth) {
          expect(answer.status).toBeLessThan(300);
          expect(nth).toBeGreaterThan(1);
          return;
        }
        if (answer.status === 503) {
          expect(answer.body.code).toBe('storage.unavailable');
          expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
          expect(JSON.stringify(answer.body)).not.toContain('fails');
          // What could not be taken back while storage is away is an upload that nobody accepted: it expires.
          const left = state();
          const orphans = left.jobs.slice(before.jobs.length);
          expect(left.jobs.slice(0, before.jobs.length)).toEqual(before.jobs);
          expect(orphans.filter((job) => until === 'once' || job['status'] !== 'PENDING_UPLOAD')).toEqual([]);
          expect(left.objects).toEqual(before.objects);
          expect(left.messages).toBe(before.messages);
        } else {
          expect(answer.status).toBeLessThan(300);
        }
      }
    },
  );
});

describe('a queue that is down', () => {
  it.each(requests)('does not stop %s', async (_, send) => {
    const { client, platform } = await openWithJobs(0, 'once');
    platform.queue.down = true;
    expect((await send(client)).status).toBeLessThan(300);
  });
});
