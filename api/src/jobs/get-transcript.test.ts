import { createHash } from 'node:crypto';
import {
  type ChunkRecord,
  type JobRecord,
  newChunk,
  StorageUnavailable,
  storeHeardChunk,
  Transcript,
  transcriptFormats,
} from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { finishedJob } from '../testing/finished-job.ts';
import { anasKey, type FakePlatform, openTestApp } from '../testing/test-app.ts';

describe('GET /v1/jobs/{id}/transcript', () => {
  it('gives the stored json by default, and each format by its name or by Accept', async () => {
    const { as, platform } = await openTestApp();
    const { job, transcript } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript`;
    const json = await as(anasKey).get(path).expect(200);
    expect(Transcript.parse(json.body)).toEqual(transcript);
    for (const [format, type, beginning] of [
      ['txt', 'text/plain', 'Hola, ¿qué tal?\n'],
      ['srt', 'application/x-subrip', '1\n00:00:00,000'],
      ['vtt', 'text/vtt', 'WEBVTT\n'],
      ['tsv', 'text/tab-separated-values', 'start\tend\ttext\n0\t1000\tHola'],
      ['md', 'text/markdown', '# reunión.mp3\n'],
    ] as const) {
      const named = await as(anasKey).get(`${path}?format=${format}`).buffer().expect(200);
      const accepted = await as(anasKey).get(path).set('Accept', type).buffer().expect(200);
      for (const answer of [named, accepted]) {
        expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
        const text = answer.text ?? Buffer.from(answer.body).toString();
        expect(text.startsWith(beginning)).toBe(true);
        expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(text));
      }
    }
  });

  it.each([
    ['at once, and says that storage does not answer', 0],
    ['in the middle, and breaks the connection so that nobody takes a half for the whole', 1],
  ])('fails when storage breaks off %s', async (_, piecesBefore) => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const get = platform.objects.get.bind(platform.objects);
    platform.objects.get = async (...args) => ({ ...(await get(...args)), body: brokenAfter(piecesBefore) });
    const answer = as(anasKey).get(`/v1/jobs/${job.jobId}/transcript`);
    if (piecesBefore > 0) return expect(answer).rejects.toThrow('aborted');
    const { body, headers } = await answer.expect(503);
    expect(body).toMatchObject({ code: 'storage.unavailable' });
    expect(headers['etag']).not.toContain('r1-1');
    expect(headers).not.toHaveProperty('content-disposition');
  });

  it('is saved under a safe name when asked to download', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript?format=txt`;
    const shown = await as(anasKey).get(path).expect(200);
    expect(shown.headers['content-disposition']).toMatch(/^inline; /);
    const saved = await as(anasKey).get(`${path}&download`).expect(200);
    expect(saved.headers['content-disposition']).toBe(
      `attachment; filename="reuni_n.txt"; filename*=UTF-8''reuni%C3%B3n.txt`,
    );
  });

  it('answers 304 to who has this version in this format', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript`;
    const etag = (await as(anasKey).get(`${path}?format=srt`)).headers['etag'] ?? '';
    await as(anasKey).get(`${path}?format=srt`).set('If-None-Match', etag).expect(304);
    await as(anasKey).get(`${path}?format=vtt`).set('If-None-Match', etag).expect(200);
  });

  it('chooses the format that the client prefers', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript`;
    for (const [accept, type] of [
      ['text/vtt;q=0.5, application/x-subrip;q=0.9', 'application/x-subrip; charset=utf-8'],
      ['text/html, text/markdown;q=0.2', 'text/markdown; charset=utf-8'],
      ['application/json;q=0, */*;q=0.1', 'text/plain; charset=utf-8'],
      ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ] as const) {
      const answer = await as(anasKey).get(path).set('Accept', accept).buffer().expect(200);
      expect(answer.headers['content-type'], accept).toBe(type);
      expect(answer.headers['vary']).toContain('Accept');
    }
  });

  it('times each word of vtt where that is asked for, under an ETag of its own', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript?format=vtt`;
    const plain = await as(anasKey).get(path).buffer().expect(200);
    const timed = await as(anasKey).get(`${path}&words=true`).buffer().expect(200);
    const textOf = ({ text, body }: { text?: string; body: Uint8Array }) =>
      text ?? Buffer.from(body).toString();
    expect(textOf(plain)).toContain('\nHola, ¿qué tal?\n');
    expect(textOf(timed)).toContain('\nHola, <00:00:00.333>¿qué <00:00:00.667>tal?\n');
    expect(timed.headers['etag']).not.toBe(plain.headers['etag']);
    await as(anasKey).get(`${path}&words=yes`).expect(400);
  });

  it('refuses formats that there are not', async () => {
    const { as, platform } = await openTestApp();
    const { job } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript`;
    const named = await as(anasKey).get(`${path}?format=pdf`).expect(400);
    expect(named.body.errors[0].field).toBe('format');
    const accepted = await as(anasKey).get(path).set('Accept', 'image/png').expect(406);
    expect(accepted.body.code).toBe('request.not_acceptable');
    expect(accepted.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(accepted.headers['vary']).toContain('Accept');
  });

  it.each([
    ['QUEUED', 'job.not_finished', undefined],
    ['PROCESSING', 'job.not_finished', undefined],
    ['CANCELED', 'job.no_transcript', undefined],
    ['FAILED', 'job.failed', 'audio.unreadable'],
  ] as const)('says why there is none for a job that is %s', async (status, code, errorCode) => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status, errorCode: errorCode ?? null });
    await platform.jobs.create(job);
    const answer = await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript`).expect(409);
    expect(answer.body.code).toBe(code);
    if (code === 'job.not_finished') expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    if (code === 'job.failed') expect(answer.body.detail).toMatch(/could not read this file as audio/);
  });

  it('says that it was removed when its time was over; the job stays and says so too', async () => {
    const { as, platform } = await openTestApp();
    const removedAt = Date.UTC(2027, 0, 15);
    const { job } = await finishedJob(platform, { transcriptRemovedAt: removedAt });
    for (const query of ['', '?format=txt', '?partial=true']) {
      const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript${query}`).expect(410);
      expect(body.code).toBe('transcript.removed');
    }
    expect((await as(anasKey).get(`/v1/jobs/${job.jobId}`).expect(200)).body).toMatchObject({
      status: 'COMPLETED',
      audioRemovedAt: null,
      transcriptRemovedAt: '2027-01-15T00:00:00.000Z',
      links: { transcript: null },
    });
  });

  it('gives what is there of a job that still runs, in every format', async () => {
    const { as, platform } = await openTestApp();
    const job = await runningJob(platform, ['done', 'working', 'done', 'waiting']);
    const path = `/v1/jobs/${job.jobId}/transcript?partial=true`;
    const { body, headers } = await as(anasKey).get(path).expect(200);
    expect(Transcript.parse(body)).toMatchObject({
      complete: false,
      text: 'Piece 0. Piece 2.',
      model: 'tiny',
      durationSeconds: 40,
    });
    expect(body.segments.map(({ start }: { start: number }) => start)).toEqual([1, 21]);
    for (const format of transcriptFormats) {
      const answer = await as(anasKey).get(`${path}&format=${format}`).buffer().expect(200);
      expect(answer.text ?? Buffer.from(answer.body).toString()).toContain('Piece 2.');
    }
    // Nothing new until another piece is done
    const etag = headers['etag'] ?? '';
    await as(anasKey).get(path).set('If-None-Match', etag).expect(304);
    const done = { index: 1, expect: {}, set: { state: 'done' as const } };
    await platform.jobs.change(job.jobId, { expect: {}, set: {}, chunk: done });
    const more = await as(anasKey).get(path).set('If-None-Match', etag).expect(200);
    expect(more.body.text).toBe('Piece 0. Piece 1. Piece 2.');
    await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript`).expect(409);
  });

  it('gives an empty text of a job of which nothing is done', async () => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status: 'QUEUED' });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript?partial=true`).expect(200);
    expect(Transcript.parse(body)).toMatchObject({ complete: false, text: '', segments: [], warnings: [] });
  });

  it('gives the whole of a finished job to who would take a part', async () => {
    const { as, platform } = await openTestApp();
    const { job, transcript } = await finishedJob(platform);
    const path = `/v1/jobs/${job.jobId}/transcript`;
    const { body, headers } = await as(anasKey).get(`${path}?partial=true`).expect(200);
    expect(body).toEqual({ ...transcript, complete: true });
    await as(anasKey)
      .get(path)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(304);
  });

  it('asks to come again when the job ends, and its pieces go, in the middle', async () => {
    const { as, platform } = await openTestApp();
    const job = await runningJob(platform, ['done', 'done']);
    await platform.objects.deletePrefix('transcripts', 'work/');
    const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript?partial=true`).expect(409);
    expect(body.code).toBe('job.not_finished');
  });

  it('passes the json on as it is stored', async () => {
    const { as, platform } = await openTestApp();
    const { job, transcript } = await finishedJob(platform);
    const { text } = await as(anasKey).get(`/v1/jobs/${job.jobId}/transcript`).expect(200);
    const hash = (body: string) => createHash('sha256').update(body).digest('hex');
    expect(hash(text)).toBe(hash(JSON.stringify(transcript)));
  });
});

/** One in pieces of ten seconds, each with a sentence stored, as far as it is done or being worked on. */
async function runningJob(platform: FakePlatform, states: ChunkRecord['state'][]): Promise<JobRecord> {
  const chunks = states.map((state, index): ChunkRecord => {
    const slice = { startSeconds: 10 * index, durationSeconds: 10, channel: null };
    return { ...newChunk(slice), state };
  });
  const job = aJob({
    userId: 'ana',
    status: 'PROCESSING',
    durationSeconds: 10 * chunks.length,
    chunks: Object.fromEntries(chunks.entries()),
  });
  await platform.jobs.create(job);
  for (const index of chunks.keys()) {
    const segments = [{ start: 1, end: 2, text: `Piece ${index}.`, confidence: 0.9, words: [] }];
    const heard = { language: 'en', languageProbability: 0.9, segments, model: 'tiny', modelWarning: null };
    await storeHeardChunk(job, index, heard, platform);
  }
  return job;
}

async function* brokenAfter(pieces: number) {
  for (let piece = 0; piece < pieces; piece++) yield Buffer.from('{"text": "');
  throw new StorageUnavailable('the connection was reset');
}
