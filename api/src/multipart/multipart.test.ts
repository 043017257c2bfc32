import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform, type Platform, PlatformSettings } from '@verbatim/adapters';
import { readAll } from '@verbatim/domain/testing';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { anasKey, bobsKey, listen, openTestApp } from '../testing/test-app.ts';

const partBytes = 20_000;
const file = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
const announcement = {
  fileName: 'meeting.mp3',
  contentType: 'audio/mpeg',
  sizeBytes: file.length,
  upload: 'multipart',
};
const bytesOfPart = (partNumber: number) =>
  file.subarray((partNumber - 1) * partBytes, partNumber * partBytes);

/** The api on the real local platform, listening, since the parts have to get there. */
async function openLocalApp(settings: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-api-'));
  const env = { PLATFORM: 'local', DATA_DIR: folder, PUBLIC_URL: 'http://verbatim.example' };
  const platform: Platform = await openPlatform(PlatformSettings.parse(env));
  onTestFinished(async () => {
    await platform.close();
    await rm(folder, { recursive: true });
  });
  const partMib = String(partBytes / 2 ** 20);
  const opened = await openTestApp({ env: { ...env, UPLOAD_PART_MIB: partMib, ...settings }, platform });
  const port = await listen(opened.app);
  const ana = () => opened.as(anasKey);
  const put = (url: string, body: Buffer) =>
    fetch(url.replace('http://verbatim.example', `http://127.0.0.1:${port}`), { method: 'PUT', body });
  const create = async (over: object = {}) =>
    (
      await ana()
        .post('/v1/jobs')
        .send({ ...announcement, ...over })
        .expect(201)
    ).body;
  const sign = async (jobId: string, partNumbers: number[]) =>
    (await ana().post(`/v1/jobs/${jobId}/upload/parts`).send({ partNumbers }).expect(200)).body.parts;
  /** Sends parts of the file, each to the address that was signed for it. */
  const send = async (jobId: string, partNumbers: number[]) => {
    for (const { url, partNumber } of await sign(jobId, partNumbers)) {
      expect((await put(url, bytesOfPart(partNumber))).status).toBe(200);
    }
  };
  const complete = (jobId: string) => ana().post(`/v1/jobs/${jobId}/upload/complete`);
  const kept = async () => {
    const entries = await readdir(join(folder, 'objects'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  };
  return { ...opened, ana, put, create, sign, send, complete, kept };
}

describe('an upload in parts', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is planned when the job is created', async () => {
    const { create, ana } = await openLocalApp();
    const { job, upload } = await create();
    expect(upload).toEqual({
      method: 'multipart',
      url: `http://verbatim.example/v1/jobs/${job.jobId}/upload`,
      partSizeBytes: partBytes,
      partCount: 3,
      arrived: [],
      expiresAt: expect.any(String),
    });
    const lasts = Date.parse(upload.expiresAt) - Date.parse(job.createdAt);
    expect(lasts).toBe(24 * 60 * 60_000);
    expect((await ana().get(`/v1/jobs/${job.jobId}/upload`).expect(200)).body).toEqual(upload);
  });

  it('becomes a queued job when its parts, in any order, are completed', async () => {
    const { create, send, complete, ana, platform, kept } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [3, 1]);
    const half = await ana().get(`/v1/jobs/${job.jobId}/upload`).expect(200);
    expect(half.body.arrived).toEqual([
      { partNumber: 1, sizeBytes: 20_000 },
      { partNumber: 3, sizeBytes: 10_000 },
    ]);
    await send(job.jobId, [2]);

    const { body } = await complete(job.jobId).expect(202);

    expect(body).toMatchObject({ jobId: job.jobId, status: 'QUEUED', sizeBytes: file.length });
    const stored = await platform.objects.get('audio', `ana/${job.jobId}/audio.mp3`);
    expect(Buffer.compare(await readAll(stored.body), file)).toBe(0);
    expect(await platform.jobs.get(job.jobId)).toMatchObject({ audioEtag: stored.etag });
    expect((await platform.queue.depth('transcription')).visible).toBe(1);
    expect(await kept(), 'no part stays').toHaveLength(1);
  });

  it('answers the same when it is completed again, by many at once, and after its answer was lost', async () => {
    const { create, send, complete, platform } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1, 2, 3]);
    // An earlier try died between joining and saying so.
    const { multipart, audioKey } = (await platform.jobs.get(job.jobId)) ?? {};
    const upload = { key: audioKey ?? '', uploadId: multipart?.uploadId ?? '' };
    await platform.objects.multipart.join(upload, await platform.objects.multipart.parts(upload));

    const answers = await Promise.all(Array.from({ length: 4 }, () => complete(job.jobId)));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    for (const { body } of answers) expect(body).toMatchObject({ jobId: job.jobId, status: 'QUEUED' });
    expect((await platform.queue.depth('transcription')).visible).toBe(1);
  });

  it('goes on where it was for a request under the same Idempotency-Key', async () => {
    const { ana, send, complete } = await openLocalApp();
    const create = () =>
      ana().post('/v1/jobs').set('Idempotency-Key', 'one-and-only').send(announcement).expect(201);
    const first = (await create()).body;
    await send(first.job.jobId, [2]);
    const second = (await create()).body;
    expect(second.job.jobId).toBe(first.job.jobId);
    expect(second.upload).toEqual({ ...first.upload, arrived: [{ partNumber: 2, sizeBytes: 20_000 }] });
    await send(first.job.jobId, [1, 3]);
    await complete(first.job.jobId).expect(202);
    expect((await create()).body).toMatchObject({ job: { status: 'QUEUED' }, upload: null });
  });

  it('is not completed while a part is missing', async () => {
    const { create, send, complete, platform } = await openLocalApp();
    const { job } = await create();
    const nothing = await complete(job.jobId).expect(409);
    expect(nothing.body).toMatchObject({ code: 'upload.incomplete' });
    await send(job.jobId, [1, 3]);
    const { body } = await complete(job.jobId).expect(409);
    expect(body).toMatchObject({ code: 'upload.incomplete', detail: expect.stringContaining(': 1.') });
    expect(await platform.objects.head('audio', `ana/${job.jobId}/audio.mp3`)).toBeNull();
    await send(job.jobId, [2]);
    await complete(job.jobId).expect(202);
  });

  it.each([
    ['larger', 413, 'upload.too_large', 20_001],
    ['smaller', 400, 'upload.too_small', 19_999],
    ['empty', 400, 'upload.too_small', 0],
  ])('refuses a part that is %s than planned', async (_, status, code, size) => {
    const { create, sign, put, ana } = await openLocalApp();
    const { job } = await create();
    const [part] = await sign(job.jobId, [1]);
    const answer = await put(part.url, Buffer.alloc(size));
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect((await ana().get(`/v1/jobs/${job.jobId}/upload`)).body.arrived).toEqual([]);
  });

  it('refuses addresses that were changed, and those whose time is over', async () => {
    const { create, sign, put, ana, platform } = await openLocalApp();
    const { job } = await create();
    const other = (await create()).job;
    const [part] = await sign(job.jobId, [1]);
    const [ofOther] = await sign(other.jobId, [1]);
    const changed = [
      part.url.replace('partNumber=1', 'partNumber=2'),
      part.url.replace('partNumber=1&', ''),
      part.url.replace(job.jobId, other.jobId),
      part.url.replace(/uploadId=[^&]+/, /uploadId=[^&]+/.exec(ofOther.url)?.[0]),
      part.url.replace(/signature=../, 'signature=AA'),
      part.url.replace(/policy=[^&]+/, 'policy=e30'),
      part.url.replace(/\?.*/, '?partNumber=1'),
      part.url.replace('partNumber=1', 'partNumber=1&partNumber=1'),
    ];
    for (const url of changed) {
      const answer = await put(url, bytesOfPart(1));
      expect(answer.status, url).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'storage.refused' });
    }
    expect(Date.parse(part.expiresAt) - platform.clock.now()).toBeLessThanOrEqual(15 * 60_000);
    const now = platform.clock.now();
    vi.spyOn(platform.clock, 'now').mockReturnValue(now + 15 * 60_000 + 1);
    expect((await put(part.url, bytesOfPart(1))).status).toBe(403);
    expect((await ana().get(`/v1/jobs/${job.jobId}/upload`)).body.arrived).toEqual([]);
    // A new one works: that is how an upload is resumed
    const [fresh] = await sign(job.jobId, [1]);
    expect((await put(fresh.url, bytesOfPart(1))).status).toBe(200);
  });

  it.each([
    [{}],
    [{ partNumbers: [] }],
    [{ partNumbers: [0] }],
    [{ partNumbers: [4] }],
    [{ partNumbers: [10_001] }],
    [{ partNumbers: [1.5] }],
    [{ partNumbers: ['1'] }],
    [{ partNumbers: [1, 1] }],
    [{ partNumbers: { length: 1 } }],
    [{ partNumbers: Array.from({ length: 101 }, (_, i) => i + 1) }],
    [{ partNumbers: [1], uploadId: 'mine' }],
  ])('signs nothing for %j', async (body) => {
    const { create, ana, kept } = await openLocalApp();
    const { job } = await create();
    const answer = await ana().post(`/v1/jobs/${job.jobId}/upload/parts`).send(body).expect(400);
    expect(answer.body).toMatchObject({ code: 'request.invalid' });
    expect(await kept(), 'nothing has begun').toEqual([]);
  });

  it('is nobody else’s', async () => {
    const { create, send, as, ana } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1]);
    const path = `/v1/jobs/${job.jobId}/upload`;
    const bob = as(bobsKey);
    await bob.get(path).expect(404);
    await bob
      .post(`${path}/parts`)
      .send({ partNumbers: [2] })
      .expect(404);
    await bob.post(`${path}/complete`).expect(404);
    await bob.delete(path).expect(404);
    expect((await ana().get(path).expect(200)).body.arrived).toHaveLength(1);
  });

  it('is no way to send what comes as a whole', async () => {
    const { create, ana } = await openLocalApp();
    const { job } = await create({ upload: 'post' });
    const path = `/v1/jobs/${job.jobId}/upload`;
    for (const ask of [ana().get(path), ana().post(`${path}/complete`), ana().delete(path)]) {
      expect((await ask.expect(409)).body).toMatchObject({ code: 'upload.not_in_parts' });
    }
  });

  it('is given up with all that has arrived, and takes nothing late', async () => {
    const { create, send, sign, put, complete, ana, kept } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1]);
    const [late] = await sign(job.jobId, [2]);
    const path = `/v1/jobs/${job.jobId}/upload`;
    await ana().delete(path).expect(204);
    await ana().delete(path).expect(204);

    expect((await ana().get(`/v1/jobs/${job.jobId}`)).body.status).toBe('CANCELED');
    expect((await put(late.url, bytesOfPart(2))).status).toBe(404);
    for (const ask of [
      ana().get(path),
      complete(job.jobId),
      ana()
        .post(`${path}/parts`)
        .send({ partNumbers: [2] }),
    ]) {
      expect((await ask.expect(410)).body).toMatchObject({ code: 'upload.over' });
    }
    expect(await kept()).toEqual([]);
  });

  it('is not given up, nor taken up again, once it is complete', async () => {
    const { create, send, sign, put, complete, ana } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1, 2, 3]);
    const [late] = await sign(job.jobId, [2]);
    await complete(job.jobId).expect(202);
    const path = `/v1/jobs/${job.jobId}/upload`;
    for (const ask of [
      ana().get(path),
      ana().delete(path),
      ana()
        .post(`${path}/parts`)
        .send({ partNumbers: [2] }),
    ]) {
      expect((await ask.expect(409)).body).toMatchObject({ code: 'upload.exists' });
    }
    expect((await put(late.url, bytesOfPart(1))).status).toBe(404);
  });

  it('leaves nothing when its job is deleted in the middle', async () => {
    const { create, send, sign, put, ana, kept, platform } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1, 3]);
    const [late] = await sign(job.jobId, [2]);
    await ana().delete(`/v1/jobs/${job.jobId}`).expect(204);
    expect((await put(late.url, bytesOfPart(2))).status).toBe(404);
    expect(await kept()).toEqual([]);
    const { erase } = (await platform.jobs.get(job.jobId)) ?? {};
    expect(erase?.at, 'addresses end soon').toBeLessThan(platform.clock.now() + 20 * 60_000);
  });

  it('takes no more parts after a day, but may still be completed while its job waits', async () => {
    const { create, send, complete, ana, platform } = await openLocalApp();
    const { job } = await create();
    await send(job.jobId, [1, 2, 3]);
    const tomorrow = platform.clock.now() + 24 * 60 * 60_000;
    vi.spyOn(platform.clock, 'now').mockReturnValue(tomorrow);
    const signing = ana()
      .post(`/v1/jobs/${job.jobId}/upload/parts`)
      .send({ partNumbers: [1] });
    expect((await signing.expect(410)).body).toMatchObject({ code: 'upload.over' });
    expect((await complete(job.jobId).expect(202)).body.status).toBe('QUEUED');
  });

  it('is held to the size that the server takes', async () => {
    const { ana } = await openLocalApp({ MAX_UPLOAD_MIB: '1' });
    const tooLarge = { ...announcement, sizeBytes: 2 ** 20 + 1 };
    const { body } = await ana().post('/v1/jobs').send(tooLarge).expect(400);
    expect(body).toMatchObject({ errors: [{ field: 'sizeBytes' }] });
  });

  it('counts as an open job until it is given up', async () => {
    const { create, ana, platform } = await openLocalApp({ MAX_OPEN_JOBS_PER_USER: '1' });
    const { job } = await create();
    await ana().post('/v1/jobs').send(announcement).expect(429);
    await ana().delete(`/v1/jobs/${job.jobId}/upload`).expect(204);
    // Jobs that have ended are looked for every 5 s at most.
    vi.spyOn(platform.clock, 'now').mockReturnValue(platform.clock.now() + 5_001);
    await create();
  });

  it('never has more parts than S3 takes', async () => {
    const { create } = await openLocalApp({ UPLOAD_PART_MIB: '0.01' });
    const { upload } = await create({ sizeBytes: 2 * 2 ** 30 });
    expect(upload.partCount).toBeLessThanOrEqual(10_000);
    expect(upload.partSizeBytes * upload.partCount).toBeGreaterThanOrEqual(2 * 2 ** 30);
  });

  it('says that storage is unavailable, and asks it nothing before the first part', async () => {
    const { as, platform } = await openTestApp();
    platform.objects.down = true;
    const { body } = await as(anasKey).post('/v1/jobs').send(announcement).expect(201);
    const path = `/v1/jobs/${body.job.jobId}/upload`;
    await as(anasKey)
      .post(`${path}/parts`)
      .send({ partNumbers: [1] })
      .expect(503);
    platform.objects.down = false;
    await as(anasKey)
      .post(`${path}/parts`)
      .send({ partNumbers: [1] })
      .expect(200);
    platform.objects.down = true;
    await as(anasKey).get(path).expect(503);
    await as(anasKey).post(`${path}/complete`).expect(503);
  });

  it('has one beginning, however many ask for its first part at once', async () => {
    const { create, sign, complete, put } = await openLocalApp();
    const { job } = await create();
    const signed = await Promise.all([1, 2, 3].map((partNumber) => sign(job.jobId, [partNumber])));
    for (const [part] of signed) {
      expect((await put(part.url, bytesOfPart(part.partNumber))).status).toBe(200);
    }
    await complete(job.jobId).expect(202);
  });
});
