import { StorageUnavailable } from '@verbatim/domain';
import { aJob, aTranscript, bytesOf } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { finishedJob } from '../testing/finished-job.ts';
import { anasKey, announcement, listen, openTestApp } from '../testing/test-app.ts';

async function openWithJobs(count: number) {
  const opened = await openTestApp();
  for (let i = 0; i < count; i++) await opened.platform.jobs.create(aJob({ userId: 'ana' }));
  const get = (path: string, headers: Record<string, string> = {}) =>
    opened
      .as(anasKey)
      .get(path)
      .set({ 'Accept-Encoding': 'gzip, br', ...headers });
  return { ...opened, get };
}

describe('JSON', () => {
  it('comes compressed to whoever takes that, and means the same', async () => {
    const { get } = await openWithJobs(50);
    const plain = await get('/v1/jobs?limit=50', { 'Accept-Encoding': 'identity' }).expect(200);
    const compressed = await get('/v1/jobs?limit=50').expect(200).expect('Content-Encoding', 'gzip');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(compressed.body).toEqual(plain.body);
    expect(compressed.headers['content-type']).toBe(plain.headers['content-type']);
    expect(Number(compressed.headers['content-length'])).toBeLessThan(
      Number(plain.headers['content-length']) / 5,
    );
    for (const { headers } of [plain, compressed]) expect(headers['vary']).toContain('Accept-Encoding');
  });

  it('is not sent again to whoever has it, compressed or not', async () => {
    const { get } = await openWithJobs(10);
    const { headers } = await get('/v1/jobs').expect(200).expect('Content-Encoding', 'gzip');
    const seen = { 'If-None-Match': headers['etag'] ?? '' };
    for (const encoding of ['gzip', 'identity']) {
      const again = await get('/v1/jobs', { ...seen, 'Accept-Encoding': encoding }).expect(304);
      expect(again.headers).not.toHaveProperty('content-encoding');
      expect(again.headers['vary']).toContain('Accept-Encoding');
    }
  });

  it('stays as it is where it is short, and where it holds an address that was signed', async () => {
    const { get, as } = await openWithJobs(0);
    expect((await get('/v1/jobs').expect(200)).headers).not.toHaveProperty('content-encoding');
    const order = { ...announcement, prompt: 'x'.repeat(800) };
    const created = await as(anasKey).post('/v1/jobs').set('Accept-Encoding', 'gzip').send(order).expect(201);
    expect(created.text.length).toBeGreaterThan(1024);
    expect(created.headers).not.toHaveProperty('content-encoding');
  });
});

describe('a transcript', () => {
  it('comes compressed under an ETag of its own, which counts like the other one', async () => {
    const { get, as, platform } = await openWithJobs(0);
    const { job } = await finishedJob(platform);
    const segments = Array.from({ length: 500 }, (_, i) => ({ start: i, end: i + 1, text: `Line ${i}.` }));
    const long = Buffer.from(JSON.stringify(aTranscript(segments)));
    const key = `ana/${job.jobId}/r1-1/transcript.json`;
    await platform.objects.put('transcripts', key, long, { contentType: 'application/json' });
    const path = `/v1/jobs/${job.jobId}/transcript`;

    for (const format of ['json', 'srt']) {
      const asked = `${path}?format=${format}`;
      const plain = await get(asked, { 'Accept-Encoding': 'identity' }).buffer().expect(200);
      const compressed = await get(asked).buffer().expect(200).expect('Content-Encoding', 'gzip');
      const content = ({ text, body }: { text?: string; body: Uint8Array }) =>
        text ?? Buffer.from(body).toString();
      expect(content(compressed)).toBe(content(plain));
      expect(compressed.headers['vary']).toContain('Accept-Encoding');
      expect(compressed.headers['etag']).not.toBe(plain.headers['etag']);
      await get(asked, { 'If-None-Match': compressed.headers['etag'] ?? '' }).expect(304);
    }
    const { headers } = await get(path);
    const correction = { segments: [{ id: 0, text: 'The first line.' }] };
    await as(anasKey)
      .put(path)
      .set('If-Match', headers['etag'] ?? '')
      .send(correction)
      .expect(200);
  });

  it('is no half of one when storage breaks off', async () => {
    const { get, platform } = await openWithJobs(0);
    const { job } = await finishedJob(platform);
    const stored = platform.objects.get.bind(platform.objects);
    platform.objects.get = async (...args) => ({ ...(await stored(...args)), body: brokenOff() });
    const { headers } = await get(`/v1/jobs/${job.jobId}/transcript`).expect(503);
    expect(headers).not.toHaveProperty('content-encoding');
  });
});

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield bytesOf('{"segments": [');
  throw new StorageUnavailable('the line broke');
}

describe('what is no text', () => {
  it('stays as it is: events as they happen, recordings and ranges of them', async () => {
    const { app, get, platform } = await openWithJobs(0);
    const job = aJob({ userId: 'ana', status: 'PROCESSING', audioEtag: 'e' });
    await platform.jobs.create(job);
    await platform.objects.put('audio', job.audioKey, new Uint8Array(5_000), { contentType: 'audio/mpeg' });
    const audio = await get(`/v1/jobs/${job.jobId}/audio`).expect(200).expect('Content-Length', '5000');
    expect(audio.headers).not.toHaveProperty('content-encoding');
    const range = await get(`/v1/jobs/${job.jobId}/audio`, { Range: 'bytes=0-1999' }).expect(206);
    expect(range.headers).toMatchObject({ 'content-length': '2000', 'content-range': 'bytes 0-1999/5000' });

    const leaving = new AbortController();
    const port = await listen(app);
    const events = await fetch(`http://127.0.0.1:${port}/v1/jobs/${job.jobId}/events`, {
      headers: { Authorization: `Bearer ${anasKey}`, 'Accept-Encoding': 'gzip' },
      signal: leaving.signal,
    });
    expect(events.headers.get('content-encoding')).toBeNull();
    const first = await events.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/event: job|^:|retry/);
    leaving.abort();
  });
});
