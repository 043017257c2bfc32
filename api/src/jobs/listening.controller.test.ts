import type { Readable } from 'node:stream';
import { jobPrefix } from '@verbatim/domain';
import { aJob, bytesOf } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { anasKey, bobsKey, openTestApp } from '../testing/test-app.ts';

const sound = 'RIFF0123456789';

async function openWithRecording() {
  const opened = await openTestApp();
  const { objects, jobs } = opened.platform;
  const job = aJob({ userId: 'ana', status: 'PROCESSING', fileName: 'meeting.wav' });
  const { etag } = await objects.put('audio', job.audioKey, bytesOf(sound), { contentType: 'audio/wav' });
  await jobs.create({ ...job, audioEtag: etag });
  return { ...opened, job, path: `/v1/jobs/${job.jobId}` };
}

describe('GET /v1/jobs/{id}/audio', () => {
  it('gives the recording back whole, under its name', async () => {
    const { as, path } = await openWithRecording();
    const { body, headers } = await as(anasKey).get(`${path}/audio`).buffer().expect(200);
    expect(String(body)).toBe(sound);
    expect(headers['content-type']).toBe('audio/wav');
    expect(headers['accept-ranges']).toBe('bytes');
    expect(headers['content-disposition']).toContain('meeting.wav');
  });

  it('gives the part that a player jumps to, and says so where there is none', async () => {
    const { as, path } = await openWithRecording();
    const part = await as(anasKey).get(`${path}/audio`).set('Range', 'bytes=4-6').buffer().expect(206);
    expect(String(part.body)).toBe('012');
    expect(part.headers['content-range']).toBe(`bytes 4-6/${sound.length}`);
    const beyond = await as(anasKey).get(`${path}/audio`).set('Range', 'bytes=99-').expect(416);
    expect(beyond.headers['content-range']).toBe(`bytes */${sound.length}`);
  });

  it('is nobody else’s', async () => {
    const { as, path } = await openWithRecording();
    await as(bobsKey).get(`${path}/audio`).expect(404);
    await as(bobsKey).get(`${path}/peaks`).expect(404);
    await as(bobsKey).post(`${path}/links`).send({ to: 'audio' }).expect(404);
  });

  it('says that it was removed when its time was over, and so do its outline and its address', async () => {
    const { as, path, platform, job } = await openWithRecording();
    await platform.jobs.change(job.jobId, { expect: {}, set: { audioRemovedAt: 1 } });
    const answers = [
      await as(anasKey).get(`${path}/audio`),
      await as(anasKey).get(`${path}/peaks`),
      await as(anasKey).post(`${path}/links`).send({ to: 'audio' }),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([410, 'audio.removed']);
  });

  it('says that the file has not come yet', async () => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status: 'PENDING_UPLOAD', audioEtag: null });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}/audio`).expect(409);
    expect(body.code).toBe('upload.missing');
  });
});

describe('GET /v1/jobs/{id}/peaks', () => {
  it('comes once the recording was read, and from then on only if it has changed', async () => {
    const { as, path, platform, job } = await openWithRecording();
    const early = await as(anasKey).get(`${path}/peaks`).expect(409);
    expect(early.body.code).toBe('job.not_finished');
    const key = `${jobPrefix('ana', job.jobId)}peaks.json`;
    const outline = bytesOf('{"version":2,"data":[-1,1]}');
    await platform.objects.put('transcripts', key, outline, { contentType: 'application/json' });
    const { body, headers } = await as(anasKey).get(`${path}/peaks`).expect(200);
    expect(body).toEqual({ version: 2, data: [-1, 1] });
    await as(anasKey)
      .get(`${path}/peaks`)
      .set('If-None-Match', headers['etag'] as string)
      .expect(304);
  });

  it('comes compressed to whoever takes that, and in ranges as it lies there', async () => {
    const { as, path, platform, job } = await openWithRecording();
    const outline = JSON.stringify({ version: 2, data: Array.from({ length: 5_000 }, (_, at) => at % 7) });
    const key = `${jobPrefix('ana', job.jobId)}peaks.json`;
    await platform.objects.put('transcripts', key, bytesOf(outline), { contentType: 'application/json' });
    const get = (headers: Record<string, string>) => as(anasKey).get(`${path}/peaks`).set(headers);

    const plain = await get({ 'Accept-Encoding': 'identity' }).expect(200);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const compressed = await get({ 'Accept-Encoding': 'gzip' })
      .expect(200)
      .expect('Content-Encoding', 'gzip');
    expect(compressed.body).toEqual(plain.body);
    expect(compressed.headers['vary']).toContain('Accept-Encoding');
    expect(compressed.headers['etag']).not.toBe(plain.headers['etag']);
    const seen = { 'If-None-Match': compressed.headers['etag'] ?? '' };
    await get({ 'Accept-Encoding': 'gzip', ...seen }).expect(304);

    const range = await get({ 'Accept-Encoding': 'gzip', Range: 'bytes=0-9' })
      // Ten bytes of JSON are none.
      .parse((answer, done) => (answer as unknown as Readable).resume().on('end', () => done(null, null)))
      .expect(206);
    expect(range.headers['content-range']).toBe(`bytes 0-9/${outline.length}`);
    expect(range.headers).not.toHaveProperty('content-encoding');
  });
});

describe('POST /v1/jobs/{id}/links', () => {
  it('leads to the recording without a key, for an hour', async () => {
    const { as, path } = await openWithRecording();
    const { body, headers } = await as(anasKey).post(`${path}/links`).send({ to: 'audio' }).expect(201);
    expect(body.url).toContain('audio');
    expect(headers['cache-control']).toBe('no-store');
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(0);
  });

  it('leads to the text for 24 hours, once there is one', async () => {
    const { as, path, platform, job } = await openWithRecording();
    await as(anasKey).post(`${path}/links`).send({ to: 'transcript' }).expect(409);
    const result = {
      version: 'r1-1',
      transcriptKey: `ana/${job.jobId}/r1-1/transcript.json`,
      language: 'en',
      confidence: 1,
      model: 'm',
      warnings: [],
      measures: null,
    };
    await platform.jobs.change(job.jobId, { expect: {}, set: { status: 'COMPLETED', result } });
    const { body } = await as(anasKey).post(`${path}/links`).send({ to: 'transcript' }).expect(201);
    await as().get(new URL(body.url).pathname).expect(302);
    const wrong = await as(anasKey).post(`${path}/links`).send({ to: 'everything' }).expect(400);
    expect(wrong.body.code).toBe('request.invalid');
  });
});
