import { type JobRecord, newJobId } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { anasKey, bobsKey, type FakePlatform, openTestApp } from '../testing/test-app.ts';

const rootsKey = 'root-canary-key-cccccccccccccccccccccccc';
const env = { API_KEYS: `laptop:${anasKey}:ana,phone:${bobsKey}:bob,desk:${rootsKey}:root::operator` };
const start = 1_800_000_000_000;

function aDeadLetter(over: Partial<JobRecord> = {}): JobRecord {
  const reason = over.errorCode ?? 'engine.crashed';
  return aJob({
    userId: 'ana',
    fileName: 'interview.mp3',
    status: 'FAILED',
    errorCode: reason,
    failures: 4,
    interruptions: 1,
    fence: 5,
    audioEtag: 'e',
    durationSeconds: 61.5,
    lastError: { code: reason, detail: 'EngineCrashed: SIGSEGV', at: start + 5_000 },
    deadLetter: { reason, at: start + 5_000 },
    ...over,
  });
}

async function given(platform: FakePlatform, ...jobs: JobRecord[]): Promise<void> {
  for (const job of jobs) await platform.jobs.create(job);
}

function audited(logged: string[]): Record<string, unknown>[] {
  return logged.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true);
}

const routes = (jobId: string) =>
  [
    ['get', '/v1/admin/dead-letters'],
    ['get', `/v1/admin/dead-letters/${jobId}`],
    ['post', `/v1/admin/dead-letters/${jobId}/replay`],
    ['post', '/v1/admin/dead-letters/replay'],
    ['get', '/v1/admin/dead-messages'],
    ['delete', '/v1/admin/dead-messages/uploads/m1'],
  ] as const;

describe('the routes of operators', () => {
  it('are refused to every other key, also for jobs of one’s own, and to none at all', async () => {
    const { as, platform } = await openTestApp({ env });
    const job = aDeadLetter();
    await given(platform, job);
    for (const [method, path] of routes(job.jobId)) {
      const { body } = await as(anasKey)[method](path).expect(403);
      expect(body.code).toBe('auth.not_operator');
      await as()[method](path).expect(401);
    }
    expect(await platform.jobs.get(job.jobId)).toEqual(job);
  });

  it('are for everybody on a server without keys, where all there is belongs to one user', async () => {
    const { as, platform } = await openTestApp({ env: { API_KEYS: '' } });
    await given(platform, aDeadLetter({ userId: 'local' }));
    const { body } = await as().get('/v1/admin/dead-letters').set('Host', 'localhost').expect(200);
    expect(body.items).toHaveLength(1);
  });
});

describe('GET /v1/admin/dead-letters', () => {
  it('tells whose they are, why they are there, what was tried and what to do', async () => {
    const { as, platform } = await openTestApp({ env });
    const job = aDeadLetter();
    await given(platform, job, aJob({ status: 'FAILED', errorCode: 'audio.empty' }));

    const { body } = await as(rootsKey).get('/v1/admin/dead-letters').expect(200);

    expect(body).toEqual({
      items: [
        {
          jobId: job.jobId,
          userId: 'ana',
          fileName: 'interview.mp3',
          run: 1,
          reason: 'engine.crashed',
          message: expect.stringContaining('stopped in the middle'),
          whatToDo: expect.stringContaining('replay'),
          at: new Date(start + 5_000).toISOString(),
          createdAt: new Date(start).toISOString(),
          durationSeconds: 61.5,
          failures: 4,
          interruptions: 1,
          lastError: {
            code: 'engine.crashed',
            detail: 'EngineCrashed: SIGSEGV',
            at: new Date(start + 5_000).toISOString(),
          },
        },
      ],
      nextCursor: null,
    });
  });

  it('turns pages, and keeps to a reason', async () => {
    const { as, platform } = await openTestApp({ env });
    const reasons = ['engine.crashed', 'disk.full', 'engine.crashed', 'engine.crashed'] as const;
    const jobs = reasons.map((reason, i) =>
      aDeadLetter({ errorCode: reason, deadLetter: { reason, at: start + i } }),
    );
    await given(platform, ...jobs);
    const first = await as(rootsKey).get('/v1/admin/dead-letters?reason=engine.crashed&limit=2').expect(200);
    const next = `/v1/admin/dead-letters?reason=engine.crashed&limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`;
    const second = await as(rootsKey).get(next).expect(200);
    const ids = [...first.body.items, ...second.body.items].map(({ jobId }) => jobId);
    expect(ids).toEqual([jobs[3]?.jobId, jobs[2]?.jobId, jobs[0]?.jobId]);
    expect(second.body.nextCursor).toBeNull();
    for (const query of ['cursor=x', 'limit=0', 'limit=101', 'limit=x', 'order=up'])
      await as(rootsKey).get(`/v1/admin/dead-letters?${query}`).expect(400);
  });
});

describe('GET /v1/admin/dead-letters/{id}', () => {
  it('shows one with its history', async () => {
    const { as, platform } = await openTestApp({ env });
    const job = aDeadLetter();
    await given(platform, job);
    const { body } = await as(rootsKey).get(`/v1/admin/dead-letters/${job.jobId}`).expect(200);
    expect(body).toMatchObject({ jobId: job.jobId, history: { items: [{ event: 'job.created' }] } });
  });

  it('knows nothing of a job that is none, was never, or is deleted', async () => {
    const { as, platform } = await openTestApp({ env });
    const job = aJob({ status: 'FAILED', errorCode: 'audio.empty' });
    const gone = aDeadLetter({ erase: { at: 5 } });
    await given(platform, job, gone);
    const { body } = await as(rootsKey).get(`/v1/admin/dead-letters/${job.jobId}`).expect(404);
    expect(body.code).toBe('dead_letter.unknown');
    for (const id of [newJobId(start), gone.jobId, 'x'])
      await as(rootsKey).get(`/v1/admin/dead-letters/${id}`).expect(404);
  });
});

describe('POST /v1/admin/dead-letters/{id}/replay', () => {
  it('starts it afresh, tells its history and the audit log, and sends its message', async () => {
    const { as, platform, logged } = await openTestApp({ env });
    const job = aDeadLetter();
    await given(platform, job);

    const { body } = await as(rootsKey).post(`/v1/admin/dead-letters/${job.jobId}/replay`).expect(202);

    expect(body).toMatchObject({ jobId: job.jobId, status: 'QUEUED', attempt: 1, error: null });
    expect(await platform.jobs.get(job.jobId)).toMatchObject({
      ...{ run: 2, failures: 0, interruptions: 0, deadLetter: null, lastError: null },
      history: { items: [{}, { event: 'job.replayed', from: 'FAILED', to: 'QUEUED', run: 2 }] },
    });
    expect(platform.queue.bodies('transcription')).toEqual([{ kind: 'job', jobId: job.jobId, run: 2 }]);
    expect(audited(logged)).toMatchObject([
      { event: 'dead_letter.replayed', by: 'desk', jobId: job.jobId, run: 2, reason: 'engine.crashed' },
    ]);
    const again = await as(rootsKey).post(`/v1/admin/dead-letters/${job.jobId}/replay`).expect(404);
    expect(again.body.code).toBe('dead_letter.unknown');
  });

  it('replays once, however often it is asked for at the same time', async () => {
    const { as, platform, logged } = await openTestApp({ env });
    const job = aDeadLetter();
    await given(platform, job);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => as(rootsKey).post(`/v1/admin/dead-letters/${job.jobId}/replay`)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(4);
    expect(platform.queue.bodies('transcription')).toHaveLength(1);
    expect(audited(logged)).toHaveLength(1);
  });
});

describe('POST /v1/admin/dead-letters/replay', () => {
  const replay = (app: Awaited<ReturnType<typeof openTestApp>>, body: object) =>
    app.as(rootsKey).post('/v1/admin/dead-letters/replay').send(body);

  it('replays those that are named, and says which of them it could not', async () => {
    const app = await openTestApp({ env });
    const [one, two] = [aDeadLetter(), aDeadLetter()];
    const fine = aJob({ status: 'COMPLETED' });
    await given(app.platform, one, two, fine);
    const jobIds = [one.jobId, fine.jobId, 'nonsense', two.jobId, one.jobId];
    const { body } = await replay(app, { jobIds }).expect(200);
    expect(body.replayed).toHaveLength(2);
    expect(body.replayed).toContainEqual({ jobId: two.jobId, run: 2 });
    expect(body.notReplayed).toEqual([
      { jobId: fine.jobId, code: 'dead_letter.unknown' },
      { jobId: 'nonsense', code: 'job.unknown' },
    ]);
    expect(body).toMatchObject({ nextCursor: null, remaining: null });
  });

  it('replays all of a reason from before a fix, a hundred at a time, each once', async () => {
    const app = await openTestApp({ env: { ...env, RATE_LIMIT_PER_MINUTE: '1000' } });
    const { platform } = app;
    const fix = start + 60_000;
    const letters = (count: number, at: number, reason: 'engine.crashed' | 'disk.full' = 'engine.crashed') =>
      Array.from({ length: count }, (_, i) =>
        aDeadLetter({ errorCode: reason, deadLetter: { reason, at: at + i } }),
      );
    const poison = letters(250, start);
    const others = [...letters(3, start, 'disk.full'), ...letters(2, fix)];
    await given(platform, ...poison, ...others);

    const selection = { all: true, reason: 'engine.crashed', before: new Date(fix).toISOString() };
    const remaining: number[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const { body } = await replay(app, { ...selection, ...(cursor && { cursor }) }).expect(200);
      expect(body.replayed.length).toBeLessThanOrEqual(100);
      remaining.push(body.remaining);
      cursor = body.nextCursor;
    }

    expect(remaining).toEqual([150, 50, 0]);
    for (const { jobId } of poison) {
      expect(await platform.jobs.get(jobId)).toMatchObject({ status: 'QUEUED', run: 2, failures: 0 });
    }
    for (const job of others) expect(await platform.jobs.get(job.jobId)).toEqual(job);
    const sent = platform.queue.bodies('transcription') as { jobId: string }[];
    expect(new Set(sent.map(({ jobId }) => jobId)).size).toBe(250);
    expect(sent).toHaveLength(250);
    expect(audited(app.logged)).toHaveLength(250);
  });

  it.each([
    {},
    { jobIds: [] },
    { jobIds: ['a'], all: true },
    { all: false },
    { jobIds: ['a'], reason: 'disk.full' },
    { all: true, before: 'yesterday' },
    { all: true, cursor: 'nonsense' },
    { jobIds: Array.from({ length: 101 }, (_, i) => `job_${i}`) },
    { all: true, force: true },
  ])('refuses %j', async (body) => {
    const app = await openTestApp({ env });
    await replay(app, body).expect(400);
  });
});

describe('dead messages', () => {
  it('are shown by queue, cut short, with nothing in them that could steer a terminal', async () => {
    const { as, platform } = await openTestApp({ env });
    const body = `\u001b[2J\u202e${'é'.repeat(600)}`;
    platform.queue.dead.push(
      { queue: 'uploads', messageId: 'm1', body, reason: 'message.undecodable', at: start },
      { queue: 'transcription', messageId: 'm2', body: '{}', reason: null, at: null },
    );
    const all = await as(rootsKey).get('/v1/admin/dead-messages').expect(200);
    expect(all.body.items).toEqual([
      {
        ...{ queue: 'uploads', messageId: 'm1', reason: 'message.undecodable' },
        at: new Date(start).toISOString(),
        sizeBytes: Buffer.byteLength(body),
        body: `\\u001b[2J\\u202e${'é'.repeat(495)}`,
      },
      { queue: 'transcription', messageId: 'm2', reason: null, at: null, sizeBytes: 2, body: '{}' },
    ]);
    const some = await as(rootsKey).get('/v1/admin/dead-messages?queue=transcription').expect(200);
    expect(some.body.items).toHaveLength(1);
    await as(rootsKey).get('/v1/admin/dead-messages?queue=mine').expect(400);
  });

  it('are thrown away one by one, on record', async () => {
    const { as, platform, logged } = await openTestApp({ env });
    platform.queue.dead.push({ queue: 'uploads', messageId: 'm1', body: 'x', reason: null, at: null });
    await as(rootsKey).delete('/v1/admin/dead-messages/transcription/m1').expect(404);
    await as(rootsKey).delete('/v1/admin/dead-messages/mine/m1').expect(404);
    await as(rootsKey).delete('/v1/admin/dead-messages/uploads/m1').expect(204);
    expect(platform.queue.dead).toEqual([]);
    await as(rootsKey).delete('/v1/admin/dead-messages/uploads/m1').expect(404);
    expect(audited(logged)).toMatchObject([{ event: 'dead_message.dropped', by: 'desk', messageId: 'm1' }]);
  });
});
