import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform, type Platform, PlatformSettings } from '@verbatim/adapters';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { anasKey, announcement, listen, openTestApp } from '../testing/test-app.ts';

const bytes = Buffer.alloc(1000, 7);

/** The api on the real local platform, listening, since its signed addresses have to be reachable. */
async function openLocalApp() {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-api-'));
  const env = { PLATFORM: 'local', DATA_DIR: folder, PUBLIC_URL: 'http://verbatim.example' };
  const platform: Platform = await openPlatform(PlatformSettings.parse(env));
  onTestFinished(async () => {
    await platform.close();
    await rm(folder, { recursive: true });
  });
  const opened = await openTestApp({ env, platform });
  const port = await listen(opened.app);
  /** What a browser would reach through PUBLIC_URL. */
  const reach = (url: string) => url.replace('http://verbatim.example', `http://127.0.0.1:${port}`);
  const create = async (over: object = {}) =>
    (
      await opened
        .as(anasKey)
        .post('/v1/jobs')
        .send({ ...announcement, ...over })
        .expect(201)
    ).body;
  return { ...opened, folder, port, reach, create };
}

function formOf(fields: Record<string, string>, body: Buffer = bytes): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([new Uint8Array(body)], { type: 'audio/mpeg' }), 'meeting.mp3');
  return form;
}

describe('the storage of the local platform', () => {
  afterEach(() => vi.restoreAllMocks());

  it('takes the file with the form of the job, and queues the job at once', async () => {
    const { reach, create, as, platform } = await openLocalApp();
    const { job, upload } = await create();
    const stored = await fetch(reach(upload.url), { method: 'POST', body: formOf(upload.fields) });
    expect(stored.status).toBe(204);
    expect(stored.headers.get('etag')).toMatch(/^".+"$/);
    const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}`).expect(200);
    expect(body).toMatchObject({ status: 'QUEUED', sizeBytes: 1000 });
    expect((await platform.queue.depth('transcription')).visible).toBe(1);
  });

  it('takes a file that is PUT to the address of the job', async () => {
    const { reach, create, as } = await openLocalApp();
    const { job, upload } = await create({ upload: 'put' });
    const stored = await fetch(reach(upload.url), { method: 'PUT', headers: upload.headers, body: bytes });
    expect(stored.status).toBe(200);
    const { body } = await as(anasKey).get(`/v1/jobs/${job.jobId}`).expect(200);
    expect(body.status).toBe('QUEUED');
  });

  it.each([
    ['larger', 413, 'upload.too_large', Buffer.alloc(200_000)],
    ['smaller', 400, 'upload.too_small', Buffer.alloc(999)],
  ])('refuses a file that is PUT and %s than announced', async (_, status, code, body) => {
    const { reach, create, folder } = await openLocalApp();
    const { upload } = await create({ upload: 'put' });
    const answer = await fetch(reach(upload.url), { method: 'PUT', headers: upload.headers, body });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(await filesUnder(folder)).toEqual([]);
  });

  it('takes one file for one form', async () => {
    const { reach, create } = await openLocalApp();
    const { upload } = await create();
    const send = () => fetch(reach(upload.url), { method: 'POST', body: formOf(upload.fields) });
    expect((await send()).status).toBe(204);
    const second = await send();
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ code: 'upload.exists' });
  });

  it.each([
    ['larger than announced', 413, 'upload.too_large', {}, Buffer.alloc(1001)],
    ['empty', 400, 'upload.too_small', {}, Buffer.alloc(0)],
    ['of another type', 403, 'storage.refused', { 'Content-Type': 'audio/wav' }, bytes],
    ['for another key', 403, 'storage.refused', { key: 'bob/job_0/audio.mp3' }, bytes],
    ['with a forged policy', 403, 'storage.refused', { policy: 'e30' }, bytes],
    ['with a forged signature', 403, 'storage.refused', { signature: 'A'.repeat(43) }, bytes],
    ['without a signature', 403, 'storage.refused', { signature: '' }, bytes],
  ] as const)('refuses a file %s', async (_, status, code, over, body) => {
    const { reach, create, folder, as } = await openLocalApp();
    const { job, upload } = await create();
    const form = formOf({ ...upload.fields, ...over }, body);
    const answer = await fetch(reach(upload.url), { method: 'POST', body: form });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, status });
    expect(await filesUnder(folder)).toEqual([]);
    expect((await as(anasKey).get(`/v1/jobs/${job.jobId}`)).body.status).toBe('PENDING_UPLOAD');
  });

  it('refuses what announces 100 GB before any of it is sent, by form and by PUT', async () => {
    const { create, port, folder } = await openLocalApp();
    for (const upload of ['post', 'put']) {
      const { pathname, search } = new URL((await create({ upload })).upload.url);
      const socket = connect(port, '127.0.0.1');
      const answer: string[] = [];
      socket.on('data', (data) => answer.push(String(data)));
      const head = [
        `${upload.toUpperCase()} ${pathname}${search} HTTP/1.1`,
        'Host: localhost',
        `Content-Type: ${upload === 'put' ? 'audio/mpeg' : 'multipart/form-data; boundary=b'}`,
        `Content-Length: ${100 * 1024 ** 3}`,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      await vi.waitFor(() => expect(answer.join('')).toMatch(/^HTTP\/1.1 413/));
      socket.destroy();
    }
    expect(await filesUnder(folder)).toEqual([]);
  });

  it('gives forms and addresses that hold for 15 minutes and no longer', async () => {
    const { create, reach, platform } = await openLocalApp();
    const { upload } = await create();
    const now = platform.clock.now();
    expect(Date.parse(upload.expiresAt) - now).toBeLessThanOrEqual(15 * 60_000);
    vi.spyOn(platform.clock, 'now').mockReturnValue(now + 15 * 60_000 + 1);
    const late = await fetch(reach(upload.url), { method: 'POST', body: formOf(upload.fields) });
    expect(late.status).toBe(403);
    expect(await late.json()).toMatchObject({ code: 'storage.refused' });
  });

  it('refuses another address than the signed one', async () => {
    const { reach, create } = await openLocalApp();
    const { upload } = await create();
    for (const path of ['bob/job_0/audio.mp3', '..%2f..%2fetc%2fpasswd', 'audio/x', '%00']) {
      const url = reach(`http://verbatim.example/storage/${path}`);
      const answer = await fetch(url, { method: 'POST', body: formOf(upload.fields) });
      expect(answer.status).toBe(403);
    }
  });

  it('refuses a form without its file', async () => {
    const { reach, create } = await openLocalApp();
    const { upload } = await create();
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields as Record<string, string>))
      form.set(name, value);
    const answer = await fetch(reach(upload.url), { method: 'POST', body: form });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ field: 'file' }] });
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const { port, create, folder } = await openLocalApp();
    const { upload } = await create({ upload: 'put', sizeBytes: 1_000_000 });
    const { pathname, search } = new URL(upload.url);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/mpeg\r\n` +
        'Content-Length: 1000000\r\n\r\n',
    );
    socket.write(Buffer.alloc(100_000));
    await vi.waitFor(async () => expect(await filesUnder(folder)).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(async () => expect(await filesUnder(folder)).toEqual([]));
  });

  it('gives a signed download, whole or in ranges, under its name', async () => {
    const { platform, reach } = await openLocalApp();
    const key = 'ana/job_1/r1-1/transcript.txt';
    await platform.objects.put('transcripts', key, Buffer.from('Hello there.'), {
      contentType: 'text/plain',
    });
    const address = await platform.objects.presignDownload('transcripts', key, {
      expiresInSeconds: 60,
      fileName: 'reunión.txt',
    });
    const whole = await fetch(reach(address));
    expect(await whole.text()).toBe('Hello there.');
    expect(whole.headers.get('content-disposition')).toMatch(
      /^attachment; .*filename\*=UTF-8''reuni%C3%B3n.txt$/,
    );
    const part = await fetch(reach(address), { headers: { Range: 'bytes=6-' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 6-11/12');
    expect(await part.text()).toBe('there.');

    const beyond = await fetch(reach(address), { headers: { Range: 'bytes=12-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */12');
    const begunElsewhere = { Range: 'bytes=6-', 'If-Range': '"another"' };
    expect(await (await fetch(reach(address), { headers: begunElsewhere })).text()).toBe('Hello there.');
    const begunHere = { Range: 'bytes=6-', 'If-Range': whole.headers.get('etag') ?? '' };
    expect(await (await fetch(reach(address), { headers: begunHere })).text()).toBe('there.');
    const head = await fetch(reach(address), { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('12');

    expect((await fetch(reach(address.replace('transcript.txt', 'transcript.json')))).status).toBe(403);
    expect((await fetch(reach(address.split('?')[0] ?? ''))).status).toBe(403);
    await platform.objects.deletePrefix('transcripts', 'ana/job_1/');
    expect((await fetch(reach(address))).status).toBe(404);
  });

  it('does not exist where storage serves itself', async () => {
    const { as } = await openTestApp();
    const { body } = await as().get('/storage/audio/ana/job_1/audio.mp3').expect(404);
    expect(body.code).toBe('route.not_found');
  });
});

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'objects'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
