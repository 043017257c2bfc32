import { defaultTranscriptionOptions, type JobRecord, newJobId, StorageUnavailable } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { finishedJob } from '../testing/finished-job.ts';
import { anasKey, announcement, bobsKey, type FakePlatform, openTestApp } from '../testing/test-app.ts';

/** A value that each field of the options refuses. */
const unfitOptions: [string, unknown][] = [
  ['language', 'klingon'],
  ['task', 'summarise'],
  ['quality', 'worst'],
  ['channels', 'left'],
  ['prompt', 'x'.repeat(1001)],
  ['prompt', 'a\u0000b'],
  ['prompt', 7],
  ['keywords', 'Verbatim'],
  ['keywords', Array.from({ length: 51 }, () => 'x')],
  ['keywords', ['x'.repeat(101)]],
  ['keywords', ['']],
  ['keywords', ['a\nb']],
  ['keywords', [7]],
];

const problemType = 'application/problem+json; charset=utf-8';

async function createdJob({ as }: Awaited<ReturnType<typeof openTestApp>>) {
  const { body } = await as(anasKey).post('/v1/jobs').send(announcement).expect(201);
  return body.job.jobId as string;
}

async function uploadFor(jobId: string, platform: FakePlatform, bytes = new Uint8Array(1000)) {
  const { audioKey } = (await platform.jobs.get(jobId)) ?? aJob();
  await platform.objects.put('audio', audioKey, bytes, { contentType: 'audio/mpeg' });
}

describe('POST /v1/jobs', () => {
  it('makes a job that waits for its file, and the form to send it with', async () => {
    const { as, platform } = await openTestApp();
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, language: 'es' })
      .expect(201);
    const { job, upload } = answer.body;
    expect(job).toMatchObject({
      status: 'PENDING_UPLOAD',
      language: 'es',
      notification: 'pending',
      sizeBytes: 1000,
    });
    expect(answer.headers['location']).toBe(`http://verbatim.example/v1/jobs/${job.jobId}`);
    expect(upload).toMatchObject({ method: 'POST', fields: { key: `ana/${job.jobId}/audio.mp3` } });
    expect(Date.parse(upload.expiresAt)).toBeGreaterThan(0);
    expect(await platform.jobs.get(job.jobId)).toMatchObject({
      userId: 'ana',
      notifyTo: 'ana.canary@example.org',
      options: { language: 'es' },
    });
  });

  it('gives an address to PUT to when asked', async () => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, upload: 'put' })
      .expect(201);
    expect(body.upload).toMatchObject({ method: 'PUT', headers: { 'Content-Type': 'audio/mpeg' } });
  });

  it('tells users without an address at MAIL_TO, or not at all', async () => {
    const { as } = await openTestApp();
    const nobody = await as(bobsKey).post('/v1/jobs').send(announcement).expect(201);
    expect(nobody.body.job.notification).toBe('none');
    const told = await openTestApp({ env: { MAIL_TO: 'all@example.org' } });
    const { body } = await told.as(bobsKey).post('/v1/jobs').send(announcement).expect(201);
    expect(body.job.notification).toBe('pending');
  });

  it('names every field that does not fit', async () => {
    const { as, platform } = await openTestApp();
    const bad = { fileName: '', sizeBytes: 1.5, upload: 'fax', language: 'klingon' };
    const answer = await as(anasKey).post('/v1/jobs').send(bad).expect(400);
    expect(answer.headers['content-type']).toBe(problemType);
    expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid', title: 'Bad Request' });
    const fields = answer.body.errors.map((error: { field: string }) => error.field);
    expect(new Set(fields)).toEqual(new Set(['fileName', 'contentType', 'sizeBytes', 'upload', 'language']));
    expect(platform.jobs.records.size).toBe(0);
  });

  it.each([
    ...Object.keys(aJob()).filter((field) => !Object.hasOwn(announcement, field)),
    'cost',
    'price',
    'operator',
    'attempt',
    'jobs',
    '__proto__x',
  ])('refuses the field %s, which is not for clients to set', async (field) => {
    const { as, platform } = await openTestApp();
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, [field]: 'x' })
      .expect(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
    expect(platform.jobs.records.size).toBe(0);
  });

  it.each([
    ['contentType', { contentType: 'text/plain' }],
    ['contentType', { contentType: 'application/octet-stream', fileName: 'notes.exe' }],
    ['sizeBytes', { sizeBytes: 3 * 1024 * 1024 }],
    ['sizeBytes', { sizeBytes: 0 }],
    ['sizeBytes', { sizeBytes: '1000' }],
    ['fileName', { fileName: 'a\u0000b.mp3' }],
    ['fileName', { fileName: 'x'.repeat(256) }],
    ['fileName', { fileName: { toString: 'x' } }],
  ])('says that %s does not fit: %j', async (field, over) => {
    const { as, platform } = await openTestApp({ env: { MAX_UPLOAD_MIB: '2' } });
    const answer = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, ...over })
      .expect(400);
    const fields = answer.body.errors.map((error: { field: string }) => error.field);
    expect(new Set(fields)).toEqual(new Set([field]));
    expect(platform.jobs.records.size).toBe(0);
  });

  it('takes how the recording shall be heard, and shows it', async () => {
    const { as, platform } = await openTestApp();
    const options = {
      language: 'es',
      task: 'translate',
      quality: 'best',
      prompt: 'Reunión\ncon Begoña',
      keywords: ['Verbatim', 'Ñuñoa'],
      channels: 'separate',
    };
    const { body } = await as(anasKey)
      .post('/v1/jobs')
      .send({ ...announcement, ...options })
      .expect(201);
    expect(body.job.options).toEqual(options);
    expect((await platform.jobs.get(body.job.jobId))?.options).toEqual(options);
  });

  it('chooses what was left open', async () => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey).post('/v1/jobs').send(announcement).expect(201);
    expect(body.job.options).toEqual(defaultTranscriptionOptions);
  });

  it.each(unfitOptions)('says that %s does not fit: %j', async (field, value) => {
    const { as, platform } = await openTestApp();
    const sent = { ...announcement, [field]: value };
    const { body } = await as(anasKey).post('/v1/jobs').send(sent).expect(400);
    const fields = body.errors.map((error: { field: string }) => error.field);
    expect(new Set(fields)).toEqual(new Set([field]));
    expect(platform.jobs.records.size).toBe(0);
  });

  it.each([
    ['no body', undefined],
    ['a list', [announcement]],
    ['an empty object', {}],
  ])('refuses %s', async (_, body) => {
    const { as } = await openTestApp();
    const answer = await as(anasKey).post('/v1/jobs').send(body).expect(400);
    expect(answer.headers['content-type']).toBe(problemType);
  });

  it.each(['../../etc/passwd.mp3', '%2e%2e%2f.mp3', '-y.wav', 'x\u202Egpj.mp3', `${'ü'.repeat(200)}.mp3`])(
    'keeps the name %s as data and out of the key',
    async (fileName) => {
      const { as } = await openTestApp();
      const { body } = await as(anasKey)
        .post('/v1/jobs')
        .send({ ...announcement, fileName })
        .expect(201);
      expect(body.job.fileName).toBe(fileName);
      expect(body.upload.fields.key).toBe(`ana/${body.job.jobId}/audio.mp3`);
    },
  );
});

describe('GET /v1/jobs', () => {
  it('pages through the own jobs, newest first', async () => {
    const { as, platform } = await openTestApp();
    const ids = [];
    for (const minute of [1, 2, 3]) {
      const job = aJob({ userId: 'ana', createdAt: 1_800_000_000_000 + minute * 60_000 });
      await platform.jobs.create(job);
      ids.unshift(job.jobId);
    }
    await platform.jobs.create(aJob({ userId: 'bob' }));
    const first = await as(anasKey).get('/v1/jobs?limit=2').expect(200);
    expect(first.body.items.map((job: { jobId: string }) => job.jobId)).toEqual(ids.slice(0, 2));
    const cursor = encodeURIComponent(first.body.nextCursor);
    const second = await as(anasKey).get(`/v1/jobs?limit=2&cursor=${cursor}`).expect(200);
    expect(second.body.items.map((job: { jobId: string }) => job.jobId)).toEqual(ids.slice(2));
    expect(second.body.nextCursor).toBeNull();
  });

  it('shows those of one status', async () => {
    const { as, platform } = await openTestApp();
    await platform.jobs.create(aJob({ userId: 'ana', status: 'QUEUED' }));
    await platform.jobs.create(aJob({ userId: 'ana', status: 'FAILED' }));
    const { body } = await as(anasKey).get('/v1/jobs?status=FAILED').expect(200);
    expect(body.items).toHaveLength(1);
    expect(body.items[0].status).toBe('FAILED');
  });

  it('shows those that were created within a range', async () => {
    const { as, platform } = await openTestApp();
    const times = ['2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'];
    for (const time of times)
      await platform.jobs.create(aJob({ userId: 'ana', createdAt: Date.parse(time) }));
    const { body } = await as(anasKey)
      .get('/v1/jobs?from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z')
      .expect(200);
    expect(body.items.map(({ createdAt }: { createdAt: string }) => createdAt)).toEqual([
      '2026-11-21T00:00:00.000Z',
    ]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'from=yesterday',
    'to=2026-02-31',
    'limit=x',
    'status=DONE',
    'user=bob',
    'limit=1&limit=2',
  ])('refuses the query %s', async (query) => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey).get(`/v1/jobs?${query}`).expect(400);
    expect(body.code).toBe('request.invalid');
    expect(body.errors[0].field).toBe(query.split('=')[0]);
  });

  it('refuses a cursor that is none of ours', async () => {
    const { as, platform } = await openTestApp();
    await platform.jobs.create(aJob({ userId: 'ana' }));
    const { body } = await as(anasKey).get('/v1/jobs?cursor=nonsense').expect(400);
    expect(body.code).toBe('request.bad_cursor');
  });
});

describe('GET /v1/jobs/{id}', () => {
  it('answers 304 until something changes', async () => {
    const opened = await openTestApp();
    const jobId = await createdJob(opened);
    const { as, platform } = opened;
    const first = await as(anasKey).get(`/v1/jobs/${jobId}`).expect(200);
    const etag = first.headers['etag'] ?? '';
    expect(etag).not.toBe('');
    expect(first.headers['cache-control']).toBe('private, no-cache');
    await as(anasKey).get(`/v1/jobs/${jobId}`).set('If-None-Match', etag).expect(304);
    await uploadFor(jobId, platform);
    await as(anasKey).post(`/v1/jobs/${jobId}/uploaded`).expect(202);
    await as(anasKey).get(`/v1/jobs/${jobId}`).set('If-None-Match', etag).expect(200);
  });

  it('has another ETag with each step of progress, and none with time alone', async () => {
    const { as, platform } = await openTestApp();
    const { clock, jobs } = platform;
    const job = aJob({
      userId: 'ana',
      status: 'PROCESSING',
      phase: 'transcribing',
      startedAt: clock.now() - 10_000,
      dueAt: clock.now() + 25_000,
      durationSeconds: 60,
      audioSecondsDone: 20,
    });
    await jobs.create(job);
    const get = (etag = '') => as(anasKey).get(`/v1/jobs/${job.jobId}`).set('If-None-Match', etag);
    const first = await get().expect(200);
    expect(first.body.progress.estimate).toEqual({ secondsLeft: 20, basis: 'this job' });
    clock.advance(5_000);
    await get(first.headers['etag']).expect(304);
    // A beat that says nothing new
    await jobs.change(job.jobId, { expect: {}, set: { dueAt: clock.now() + 35_000 } });
    await get(first.headers['etag']).expect(304);
    await jobs.change(job.jobId, { expect: {}, set: { audioSecondsDone: 20.1 } });
    const second = await get(first.headers['etag']).expect(200);
    // The worker is gone
    clock.advance(60_000);
    const third = await get(second.headers['etag']).expect(200);
    expect(third.body.progress).toMatchObject({ stalled: true, estimate: null });
  });

  it('says how many wait at most, and how fast recent jobs were', async () => {
    const { as, platform } = await openTestApp();
    const { clock, jobs, queue, workers } = platform;
    for (const groupId of ['ana', 'bob', 'bob']) await queue.send('transcription', '{}', { groupId });
    const worker = { version: '1', slots: 1, busy: 1, model: 'm', engine: 'e', startedAt: 0 };
    for (const [workerId, realTimeFactor] of [
      ['w1', 0.2],
      ['w2', 0.4],
      ['w3', null],
    ] as const) {
      await workers.beat({ ...worker, workerId, realTimeFactor, seenAt: clock.now() });
    }
    const queued = aJob({ userId: 'ana', status: 'QUEUED', sends: 1 });
    const started = aJob({
      userId: 'ana',
      status: 'PROCESSING',
      startedAt: clock.now(),
      dueAt: clock.now() + 1,
      durationSeconds: 100,
    });
    await jobs.create(queued);
    await jobs.create(started);
    const progress = async ({ jobId }: JobRecord) =>
      (await as(anasKey).get(`/v1/jobs/${jobId}`).expect(200)).body.progress;
    expect((await progress(queued)).queuePosition).toEqual({ atMost: 2 });
    expect((await progress(started)).estimate).toEqual({ secondsLeft: 30, basis: 'recent jobs' });
  });

  it.each(['QUEUED', 'PROCESSING'] as const)(
    'answers for one that is %s while nobody knows',
    async (status) => {
      const { as, platform } = await openTestApp();
      platform.queue.down = true;
      platform.workers.list = async () => Promise.reject(new StorageUnavailable('down'));
      const job = aJob({ userId: 'ana', status, sends: 1, durationSeconds: 100 });
      await platform.jobs.create(job);
      const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}`).expect(200);
      expect(body.progress).toMatchObject({ queuePosition: null, estimate: null });
    },
  );
});

describe("another user's job", () => {
  const routes = [
    ['get', ''],
    ['delete', ''],
    ['post', '/uploaded'],
    ['post', '/cancel'],
    ['post', '/retry'],
    ['get', '/transcript'],
    ['get', '/transcript?partial=true'],
    ['get', '/events'],
  ] as const;

  it.each(routes)('%s %s is as unknown as one that never was', async (method, path) => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const before = structuredClone(platform.jobs.records.get(job.jobId));
    const ids = [job.jobId, newJobId(0), 'nonsense', '..%2f..%2fetc', job.jobId.toUpperCase()];
    const answers = [];
    for (const id of ids) answers.push(await as(bobsKey)[method](`/v1/jobs/${id}${path}`).expect(404));
    const bodies = answers.map(({ body }) => ({ ...body, requestId: '' }));
    expect(bodies[0].code).toBe('job.unknown');
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    expect(platform.jobs.records.get(job.jobId)).toEqual(before);
  });
});

describe('POST /v1/jobs/{id}/uploaded', () => {
  it('queues the job once, however often it is said', async () => {
    const opened = await openTestApp();
    const { as, platform } = opened;
    const jobId = await createdJob(opened);
    const early = await as(anasKey).post(`/v1/jobs/${jobId}/uploaded`).expect(409);
    expect(early.body.code).toBe('upload.missing');
    await uploadFor(jobId, platform);
    for (let again = 0; again < 3; again++) {
      const { body } = await as(anasKey).post(`/v1/jobs/${jobId}/uploaded`).expect(202);
      expect(body.status).toBe('QUEUED');
    }
    expect(platform.queue.bodies('transcription')).toEqual([{ kind: 'job', jobId, run: 1 }]);
  });

  it('fails an empty file at once, with its own code and sentence', async () => {
    const opened = await openTestApp();
    const jobId = await createdJob(opened);
    await uploadFor(jobId, opened.platform, new Uint8Array(0));
    const { body } = await opened.as(anasKey).post(`/v1/jobs/${jobId}/uploaded`).expect(202);
    expect(body).toMatchObject({ status: 'FAILED', error: { code: 'audio.empty' } });
    const retry = await opened.as(anasKey).post(`/v1/jobs/${jobId}/retry`).expect(409);
    expect(retry.body.code).toBe('job.not_retryable');
  });

  it('answers while the queue is down; the record waits for the reconciler', async () => {
    const opened = await openTestApp();
    const { as, platform } = opened;
    platform.queue.down = true;
    const jobId = await createdJob(opened);
    await uploadFor(jobId, platform);
    const { body } = await as(anasKey).post(`/v1/jobs/${jobId}/uploaded`).expect(202);
    expect(body.status).toBe('QUEUED');
    expect((await platform.jobs.get(jobId))?.dueAt).not.toBeNull();
  });
});

describe('POST /v1/jobs/{id}/cancel', () => {
  it.each(['PENDING_UPLOAD', 'QUEUED', 'PROCESSING', 'CANCELED'] as const)(
    'ends one that is %s',
    async (status) => {
      const { as, platform } = await openTestApp();
      const job = aJob({ userId: 'ana', status });
      await platform.jobs.create(job);
      const { body } = await as(anasKey).post(`/v1/jobs/${job.jobId}/cancel`).expect(202);
      expect(body.status).toBe('CANCELED');
    },
  );

  it.each(['COMPLETED', 'FAILED', 'EXPIRED'] as const)('refuses one that is %s', async (status) => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).post(`/v1/jobs/${job.jobId}/cancel`).expect(409);
    expect(body.code).toBe('job.already_finished');
  });
});

describe('POST /v1/jobs/{id}/retry', () => {
  it('starts a failed job afresh', async () => {
    const { as, platform } = await openTestApp();
    const failed = { status: 'FAILED', errorCode: 'engine.crashed', failures: 4, audioEtag: 'e' } as const;
    const job = aJob({ userId: 'ana', ...failed });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).post(`/v1/jobs/${job.jobId}/retry`).expect(202);
    expect(body).toMatchObject({ status: 'QUEUED', attempt: 1, error: null });
    expect(platform.queue.bodies('transcription')).toEqual([{ kind: 'job', jobId: job.jobId, run: 2 }]);
  });

  it('refuses one whose recording was removed when its time was over', async () => {
    const { as, platform } = await openTestApp();
    const failed = { status: 'FAILED', errorCode: 'engine.crashed', audioEtag: 'e' } as const;
    const job = aJob({ userId: 'ana', ...failed, audioRemovedAt: platform.clock.now() });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).post(`/v1/jobs/${job.jobId}/retry`).expect(410);
    expect(body.code).toBe('audio.removed');
    expect(body.detail).toMatch(/removed when the time .* was over\. .* create a new job/);
    expect((await platform.jobs.get(job.jobId))?.status).toBe('FAILED');
  });

  it('refuses one that has not failed', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const { body } = await as(anasKey).post(`/v1/jobs/${job.jobId}/retry`).expect(409);
    expect(body.code).toBe('job.not_failed');
  });
});

describe('DELETE /v1/jobs/{id}', () => {
  it('leaves no object, no trace in lists, and a tombstone for the reconciler', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    await uploadFor(job.jobId, platform);
    const work = `work/ana/${job.jobId}/1/chunk-0000.json`;
    await platform.objects.put('transcripts', work, new Uint8Array(1), { contentType: 'application/json' });
    await as(anasKey).delete(`/v1/jobs/${job.jobId}`).expect(204);
    expect([...platform.objects.objects.keys()]).toEqual([]);
    for (const path of ['', '/transcript']) await as(anasKey).get(`/v1/jobs/${job.jobId}${path}`).expect(404);
    await as(anasKey).delete(`/v1/jobs/${job.jobId}`).expect(404);
    expect((await as(anasKey).get('/v1/jobs').expect(200)).body.items).toEqual([]);
    expect(await platform.jobs.get(job.jobId)).toMatchObject({ run: 2, owes: ['erase'] });
  });
});
