import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform, type Platform, PlatformSettings } from '@verbatim/adapters';
import { acceptUpload, keyKeptMs } from '@verbatim/domain';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { askAllAtOnce } from '../testing/ask-all-at-once.ts';
import {
  anasKey,
  announcement,
  bobsKey,
  type FakePlatform,
  listen,
  openTestApp,
} from '../testing/test-app.ts';
import { JobPorts } from './job-ports.ts';

const key = '8e03978e-40d5-43dd-bc93-6894a57f9324';
const bytes = Buffer.alloc(5000, 7);

type App = Awaited<ReturnType<typeof openTestApp>>;

const create = ({ as }: Pick<App, 'as'>, body: object = announcement, idempotencyKey = key) =>
  as(anasKey).post('/v1/jobs').set('Idempotency-Key', idempotencyKey).send(body);

const stream = ({ as }: App, file = bytes, name = 'a.mp3', path = '/upload-audio/') =>
  as(anasKey).post(path).set('Idempotency-Key', key).attach('audio_file', file, name);

function onlyJob({ jobs }: FakePlatform) {
  const [job, ...others] = jobs.records.values();
  if (!job) throw new Error('there is no job');
  expect(others).toEqual([]);
  return job as { jobId: string; status: string; audioKey: string; uploadEndsAt: number };
}

describe('an Idempotency-Key', () => {
  it.each([
    ['of 256 characters', 'x'.repeat(256)],
    ['that is empty', ''],
    ['that is empty in quotes', '""'],
    ['with a space', 'a b'],
    ['with a space in quotes', '"a b"'],
    ['that is sent twice', 'a, b'],
    ['whose quotes do not end', '"abc'],
    ['with something behind its quotes', '"abc"; p=1'],
    ['beyond ASCII', 'ñ'],
  ])('%s is refused', async (_, bad) => {
    const app = await openTestApp();
    const { body } = await create(app, announcement, bad).expect(400);
    expect(body.code).toBe('idempotency.bad_key');
    const upload = app.as(anasKey).post('/upload').set('Idempotency-Key', bad);
    await upload.attach('audio_file', bytes, 'a.mp3').expect(400);
    expect(app.platform.jobs.records.size).toBe(0);
  });

  it('is the same bare and as a quoted string', async () => {
    const app = await openTestApp();
    const bare = await create(app).expect(201);
    const quoted = await create(app, announcement, `"${key}"`).expect(201);
    expect(quoted.body.job.jobId).toBe(bare.body.job.jobId);
  });

  it('is not kept as it was sent', async () => {
    const app = await openTestApp();
    await create(app).expect(201);
    expect(JSON.stringify([...app.platform.idempotencyKeys.bindings])).not.toContain(key);
    expect(app.logged.join('')).not.toContain(key);
  });
});

describe('POST /v1/jobs under a key', () => {
  it('answers the same request with the same job and a fresh form, which the job waits for', async () => {
    const app = await openTestApp();
    const first = await create(app).expect(201);
    app.platform.clock.advance(10 * 60_000);
    const again = await create(app).expect(201);
    expect(again.body.job.jobId).toBe(first.body.job.jobId);
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(again.body.upload).toMatchObject({ method: 'POST', fields: first.body.upload.fields });
    expect(onlyJob(app.platform).uploadEndsAt).toBe(app.platform.clock.now() + 15 * 60_000);
  });

  it.each([
    { fileName: 'other.mp3' },
    { sizeBytes: 1001 },
    { contentType: 'audio/wav' },
    { language: 'es' },
    { upload: 'put' },
  ])('refuses another request: %j', async (over) => {
    const app = await openTestApp();
    await create(app).expect(201);
    const { body } = await create(app, { ...announcement, ...over }).expect(422);
    expect(body).toMatchObject({ code: 'idempotency.other_request', status: 422 });
    onlyJob(app.platform);
  });

  it('keeps users apart', async () => {
    const app = await openTestApp();
    const { body } = await create(app).expect(201);
    const request = app.as(bobsKey).post('/v1/jobs').set('Idempotency-Key', key);
    const bobs = await request.send(announcement).expect(201);
    expect(bobs.body.job.jobId).not.toBe(body.job.jobId);
  });

  it('does not use up a key with a request that is refused', async () => {
    const app = await openTestApp();
    await create(app, { ...announcement, sizeBytes: 0 }).expect(400);
    await create(app).expect(201);
  });

  it('makes the job when a crash came between the key and the job', async () => {
    const app = await openTestApp();
    const save = app.platform.jobs.create.bind(app.platform.jobs);
    app.platform.jobs.create = () => Promise.reject(new Error('the program dies here'));
    await create(app).expect(500);
    app.platform.jobs.create = save;
    const { body } = await create(app).expect(201);
    const [binding] = app.platform.idempotencyKeys.bindings.values();
    expect(body.job.jobId).toBe(binding?.jobId);
    expect(onlyJob(app.platform).jobId).toBe(binding?.jobId);
  });

  it('makes the job that a quota refused before, however long its client waited', async () => {
    const app = await openTestApp({ env: { MAX_OPEN_JOBS_PER_USER: '1' } });
    const other = await app.as(anasKey).post('/v1/jobs').send(announcement).expect(201);
    await create(app).expect(429);
    app.platform.clock.advance(12 * 60 * 60_000);
    await app.as(anasKey).post(`/v1/jobs/${other.body.job.jobId}/cancel`).expect(202);
    await create(app).expect(201);
  });

  it('gives no form when the file has come', async () => {
    const app = await openTestApp();
    const { body } = await create(app).expect(201);
    const { audioKey } = onlyJob(app.platform);
    await app.platform.objects.put('audio', audioKey, bytes, { contentType: 'audio/mpeg' });
    await acceptUpload(body.job.jobId, app.app.get(JobPorts));
    const again = await create(app).expect(201);
    expect(again.body).toMatchObject({ job: { jobId: body.job.jobId, status: 'QUEUED' }, upload: null });
  });

  it('does not bring a deleted job back', async () => {
    const app = await openTestApp();
    const { body } = await create(app).expect(201);
    await app.as(anasKey).delete(`/v1/jobs/${body.job.jobId}`).expect(204);
    expect((await create(app).expect(409)).body.code).toBe('idempotency.job_gone');
    expect(onlyJob(app.platform)).toMatchObject({ jobId: body.job.jobId, status: 'CANCELED' });
  });

  it('is free for another job after 24 hours', async () => {
    const app = await openTestApp();
    const first = await create(app).expect(201);
    app.platform.clock.advance(keyKeptMs);
    const next = await create(app, { ...announcement, fileName: 'tomorrow.mp3' }).expect(201);
    expect(next.body.job.jobId).not.toBe(first.body.job.jobId);
  });

  it('makes one job of 1,000 requests at once, on the real local platform', {
    timeout: 120_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-api-'));
    const env = { PLATFORM: 'local', DATA_DIR: folder, RATE_LIMIT_PER_MINUTE: '2000' };
    const platform: Platform = await openPlatform(PlatformSettings.parse(env));
    onTestFinished(async () => {
      await platform.close();
      await rm(folder, { recursive: true });
    });
    const { app } = await openTestApp({ env, platform });
    const url = `http://127.0.0.1:${await listen(app)}/v1/jobs`;
    const headers = {
      authorization: `Bearer ${anasKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    };
    const body = JSON.stringify(announcement);

    const answers = await askAllAtOnce(url, 1_000, { method: 'POST', headers, body });

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => JSON.parse(answer.body).job.jobId)).size).toBe(1);
    expect((await platform.jobs.listByUser('ana', { limit: 10 })).items).toHaveLength(1);
  });
});

describe('a streamed upload under a key', () => {
  it('is stored and queued once, however often it comes', async () => {
    const app = await openTestApp();
    const puts = vi.spyOn(app.platform.objects, 'put');
    const first = await stream(app).expect(200);
    const again = await stream(app).expect(200);
    expect(again.body).toEqual(first.body);
    const other = await stream(app, bytes, 'a.mp3', '/upload').expect(200);
    expect(other.body.job_name).toBe(`transcription_${first.body.job_id}`);
    expect(puts).toHaveBeenCalledTimes(1);
    expect(app.platform.queue.messages).toHaveLength(1);
    onlyJob(app.platform);
  });

  it.each([
    ['other content', Buffer.alloc(5000, 8), 'a.mp3'],
    ['a part of the content', bytes.subarray(0, 4000), 'a.mp3'],
    ['another name', bytes, 'b.mp3'],
  ])('is refused with %s', async (_, file, name) => {
    const app = await openTestApp();
    const { body } = await stream(app).expect(200);
    const refused = await stream(app, file, name).expect(422);
    expect(refused.body.code).toBe('idempotency.other_request');
    expect(onlyJob(app.platform)).toMatchObject({ jobId: body.job_id, status: 'QUEUED' });
  });

  it('begins again after it broke off half way, and is the same job', async () => {
    const app = await openTestApp();
    const port = await listen(app.app);
    const socket = connect(port, '127.0.0.1');
    socket.write(beginningOfUpload());
    const { jobId } = await vi.waitFor(() => onlyJob(app.platform));
    socket.destroy();
    await vi.waitFor(() => expect(app.logged.join('')).toContain('request.aborted'));

    const { body } = await stream(app).expect(200);

    expect(body).toEqual({ job_id: jobId, status: 'QUEUED' });
    expect([...app.platform.objects.objects.keys()]).toEqual([`audio/ana/${jobId}/audio.mp3`]);
  });

  it('does not wait for a try that still runs, and what comes of that one changes nothing', async () => {
    const app = await openTestApp();
    const port = await listen(app.app);
    const slow = connect(port, '127.0.0.1');
    onTestFinished(() => void slow.destroy());
    const answer: string[] = [];
    slow.on('data', (data) => answer.push(String(data)));
    slow.write(beginningOfUpload());
    const { jobId } = await vi.waitFor(() => onlyJob(app.platform));

    const { body } = await stream(app).expect(200);
    slow.write(endOfUpload());
    await vi.waitFor(() => expect(answer.join('')).toContain(jobId));

    expect(body.job_id).toBe(jobId);
    expect(answer.join('')).toMatch(/^HTTP\/1.1 200/);
    expect(app.platform.queue.messages).toHaveLength(1);
    expect(onlyJob(app.platform).status).toBe('QUEUED');
  });

  it('of which the recording is not kept any more gives its job', async () => {
    const app = await openTestApp();
    const { body } = await stream(app).expect(200);
    app.platform.objects.objects.clear();
    expect((await stream(app).expect(200)).body).toEqual(body);
    expect(app.platform.objects.objects.size).toBe(0);
  });

  it('that is too large leaves nothing', async () => {
    const app = await openTestApp({ env: { MAX_UPLOAD_MIB: '1' } });
    await stream(app, Buffer.alloc(1.5 * 1024 * 1024)).expect(413);
    expect(app.platform.jobs.records.size).toBe(0);
    expect(app.platform.objects.objects.size).toBe(0);
  });

  it('makes one job of 50 that come at once', async () => {
    const app = await openTestApp();
    await listen(app.app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => stream(app).expect(200)));
    expect(new Set(answers.map(({ body }) => body.job_id)).size).toBe(1);
    expect(app.platform.queue.messages).toHaveLength(1);
    onlyJob(app.platform);
  });
});

const formHead =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n';
const formTail = '\r\n--b--\r\n';

/** All of the upload but its second half. */
function beginningOfUpload(): Buffer {
  const head = [
    'POST /upload-audio/ HTTP/1.1',
    'Host: localhost',
    'Connection: close',
    `Authorization: Bearer ${anasKey}`,
    `Idempotency-Key: ${key}`,
    'Content-Type: multipart/form-data; boundary=b',
    `Content-Length: ${formHead.length + bytes.length + formTail.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n${formHead}`), bytes.subarray(0, 2500)]);
}

function endOfUpload(): Buffer {
  return Buffer.concat([bytes.subarray(2500), Buffer.from(formTail)]);
}
