import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { acceptUpload } from '@verbatim/domain';
import { aJob, aTranscript } from '@verbatim/domain/testing';
import { describe, expect, it, vi } from 'vitest';
import { JobPorts } from '../jobs/job-ports.ts';
import { anasKey, bobsKey, fakePlatform, listen, openTestApp } from '../testing/test-app.ts';

const bytes = Buffer.alloc(5000, 7);

describe('POST /upload-audio/', () => {
  it.each([
    ['/upload-audio/', 'file'],
    ['/upload-audio', 'audio_file'],
  ])('%s stores the field %s and queues its job', async (path, field) => {
    const { as, platform } = await openTestApp();
    const answer = await as(anasKey).post(path).attach(field, bytes, 'diario de José.mp3').expect(200);
    expect(answer.body).toEqual({ job_id: expect.stringMatching(/^job_/), status: 'QUEUED' });
    const job = await platform.jobs.get(answer.body.job_id);
    expect(job).toMatchObject({ userId: 'ana', fileName: 'diario de José.mp3', sizeBytes: 5000 });
    const stored = platform.objects.objects.get(`audio/ana/${job?.jobId}/audio.mp3`);
    expect(Buffer.from(stored?.bytes ?? []).equals(bytes)).toBe(true);
    expect(platform.queue.bodies('transcription')).toEqual([{ kind: 'job', jobId: job?.jobId, run: 1 }]);
  });

  it('takes the language from a field before the file, or from the query', async () => {
    const { as, platform } = await openTestApp();
    const upload = () => as(anasKey).post('/upload-audio/');
    const field = await upload().field('language', 'es').attach('file', bytes, 'a.mp3').expect(200);
    const query = await upload().query({ language: 'en' }).attach('file', bytes, 'a.mp3').expect(200);
    expect((await platform.jobs.get(field.body.job_id))?.options.language).toBe('es');
    expect((await platform.jobs.get(query.body.job_id))?.options.language).toBe('en');
  });

  it('takes how it shall be heard from fields before the file, or from the query', async () => {
    const { as, platform } = await openTestApp();
    const asked = { task: 'translate', quality: 'best', prompt: 'ñ'.repeat(1000), channels: 'separate' };
    const keywords = Array.from({ length: 50 }, (_, index) => `word ${index}`);
    const form = as(anasKey).post('/upload-audio/').field(asked);
    for (const keyword of keywords) form.field('keywords', keyword);
    const inForm = await form.attach('file', bytes, 'a.mp3').expect(200);
    const inQuery = await as(anasKey)
      .post('/upload')
      .query({ ...asked, keywords, language: '' })
      .attach('audio_file', bytes, 'a.mp3')
      .expect(200);
    for (const id of [inForm.body.job_id, inQuery.body.job_name.replace('transcription_', '')]) {
      expect((await platform.jobs.get(id))?.options).toEqual({ ...asked, keywords, language: null });
    }
    const one = as(anasKey)
      .post('/upload-audio/')
      .field('keywords', 'Verbatim')
      .attach('file', bytes, 'a.mp3');
    const { body } = await one.expect(200);
    expect((await platform.jobs.get(body.job_id))?.options.keywords).toEqual(['Verbatim']);
  });

  it('takes nothing else from a form or a query: not whose the job is, nor what it costs or how far it is', async () => {
    const { as, platform } = await openTestApp();
    const wanted = {
      userId: 'bob',
      jobId: 'job_0',
      status: 'COMPLETED',
      cost: '0',
      audioKey: 'bob/x',
      run: '7',
    };
    const upload = as(anasKey).post('/upload-audio/').field(wanted).query(wanted);
    const { body } = await upload.attach('file', bytes, 'a.mp3').expect(200);
    const job = await platform.jobs.get(body.job_id);
    expect(job).toMatchObject({
      userId: 'ana',
      status: 'QUEUED',
      run: 1,
      audioKey: `ana/${body.job_id}/audio.mp3`,
    });
    expect(Object.keys(job ?? {}).toSorted()).toEqual(Object.keys(aJob()).toSorted());
  });

  it.each([
    ['task', 'summarise'],
    ['quality', 'worst'],
    ['channels', 'left'],
    ['prompt', 'x'.repeat(1001)],
    ['keywords', 'x'.repeat(101)],
  ])('names the field %s when it does not fit', async (field, value) => {
    const { as, platform } = await openTestApp();
    for (const upload of [
      as(anasKey).post('/upload-audio/').field(field, value),
      as(anasKey)
        .post('/upload-audio/')
        .query({ [field]: value }),
    ]) {
      const { body } = await upload.attach('file', bytes, 'a.mp3').expect(400);
      expect(body.errors).toEqual([expect.objectContaining({ field })]);
    }
    expect(platform.jobs.records.size).toBe(0);
  });

  it('fails an empty file at once and answers so', async () => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey)
      .post('/upload-audio/')
      .attach('file', Buffer.alloc(0), 'a.mp3')
      .expect(200);
    expect(body.status).toBe('FAILED');
    const status = await as(anasKey).get(`/status/${body.job_id}`).expect(200);
    expect(status.body.error).toMatch(/empty/);
  });

  const refusals: [string, number, string, (upload: UploadRequest) => UploadRequest][] = [
    ['no file', 400, 'request.invalid', (upload) => upload.field('language', 'es')],
    ['no form', 400, 'request.invalid', (upload) => upload.send({ file: 'x' })],
    ['another field', 400, 'request.malformed', (upload) => upload.attach('evil', bytes, 'a.mp3')],
    ['text', 415, 'upload.wrong_type', (upload) => upload.attach('file', Buffer.from('hi'), 'notes.txt')],
    [
      'a language that there is not',
      400,
      'request.invalid',
      (upload) => upload.field('language', 'klingon').attach('file', bytes, 'a.mp3'),
    ],
    [
      'two files',
      400,
      'request.malformed',
      (upload) => upload.attach('file', bytes, 'a.mp3').attach('audio_file', bytes, 'b.mp3'),
    ],
    [
      'a file over the limit',
      413,
      'upload.too_large',
      (upload) => upload.attach('file', megabytes(1.5), 'a.mp3'),
    ],
    [
      'a body far over the limit',
      413,
      'upload.too_large',
      (upload) => upload.attach('file', megabytes(4), 'a.mp3'),
    ],
  ];

  it.each(refusals)('refuses %s with %i and leaves nothing', async (_, status, code, fill) => {
    const { as, platform } = await openTestApp({ env: { MAX_UPLOAD_MIB: '1' } });
    const answer = await fill(as(anasKey).post('/upload-audio/')).expect(status);
    expect(answer.body.code).toBe(code);
    expect(platform.jobs.records.size).toBe(0);
    expect(platform.objects.objects.size).toBe(0);
    expect(platform.queue.messages).toEqual([]);
  });

  it.each([
    ['leads out of its folder', '../../../etc/passwd.mp3'],
    ['has backslashes', 'a\\..\\b.mp3'],
    ['looks like an option', '-y.mp3'],
    ['is very long', `${'x'.repeat(4000)}.mp3`],
    ['ends its header', '"; rm -rf.mp3'],
    ['is written from the right', '\u202E.mp3'],
  ])('keeps a name out of every key that %s', async (_, name) => {
    const { as, platform } = await openTestApp();
    const { body } = await as(anasKey).post('/upload-audio/').attach('file', bytes, name).expect(200);
    expect([...platform.objects.objects.keys()]).toEqual([`audio/ana/${body.job_id}/audio.mp3`]);
    const job = await platform.jobs.get(body.job_id);
    expect(job?.fileName.length).toBeLessThanOrEqual(255);
    expect(job?.fileName).not.toMatch(/\p{Cc}/u);
  });

  it('leaves nothing when the client goes away in the middle', async () => {
    const { app, platform, logged } = await openTestApp();
    const port = await listen(app);
    const created = vi.spyOn(platform.jobs, 'create');
    const socket = connect(port, '127.0.0.1');
    socket.write(formHead('POST /upload-audio/', 1_000_000));
    socket.write(Buffer.alloc(100_000));
    await vi.waitFor(() => expect(platform.jobs.records.size).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(platform.jobs.records.size).toBe(0));
    expect(created).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(logged.join('')).toContain('request.aborted'));
    expect(logged.join('')).not.toContain('request.failed');
    expect(platform.objects.objects.size).toBe(0);
    expect(platform.queue.messages).toEqual([]);
  });

  it('leaves nothing when the server is stopped in the middle', async () => {
    const { app, platform } = await openTestApp();
    const port = await listen(app);
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(Buffer.concat([formHead('POST /upload-audio/', 1_000_000), bytes]));
    await vi.waitFor(() => expect(platform.jobs.records.size).toBe(1));
    const closed = app.close();
    app.getHttpServer().closeAllConnections();
    await closed;
    expect(platform.jobs.records.size).toBe(0);
    expect(platform.objects.objects.size).toBe(0);
  });

  it('leaves nothing when the form breaks off after the file', async () => {
    const { app, platform } = await openTestApp();
    const port = await listen(app);
    const socket = connect(port, '127.0.0.1');
    const head = formHead('POST /upload-audio/', 1_000_000);
    socket.write(
      Buffer.concat([
        head,
        bytes,
        Buffer.from('\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n'),
      ]),
    );
    await vi.waitFor(() => expect(platform.objects.objects.size).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(platform.jobs.records.size).toBe(0));
    expect(platform.objects.objects.size).toBe(0);
  });

  it('leaves nothing either when storage has told of the file before the form breaks off', async () => {
    const { app, platform, as } = await openTestApp();
    const put = platform.objects.put.bind(platform.objects);
    platform.objects.put = async (...args) => {
      const stored = await put(...args);
      // What S3's event does, as soon as the file is whole.
      for (const jobId of platform.jobs.records.keys()) await acceptUpload(jobId, app.get(JobPorts));
      return stored;
    };
    const socket = connect(await listen(app), '127.0.0.1');
    const nextPart = '\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n';
    socket.write(Buffer.concat([formHead('POST /upload-audio/', 1_000_000), bytes, Buffer.from(nextPart)]));
    await vi.waitFor(() => expect(platform.queue.messages).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(() => expect(platform.objects.objects.size).toBe(0));
    expect((await as(anasKey).get('/v1/jobs')).body.items).toEqual([]);
  });

  it('takes 256 MiB no faster than storage does, so that little lies in between', async () => {
    const platform = fakePlatform();
    let sent = 0;
    let stored = 0;
    let mostBetween = 0;
    platform.objects.put = async (_bucket, _key, body, { contentType }) => {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        stored += chunk.byteLength;
        mostBetween = Math.max(mostBetween, sent - stored);
      }
      return { sizeBytes: stored, etag: 'e', contentType };
    };
    platform.objects.head = async () => ({ sizeBytes: stored, etag: 'e', contentType: 'audio/mpeg' });
    const { app } = await openTestApp({ platform });
    const port = await listen(app);
    const form = function* () {
      for (const piece of bigForm(256)) {
        sent += piece.byteLength;
        yield piece;
      }
    };
    const answer = await fetch(`http://127.0.0.1:${port}/upload-audio/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${anasKey}`, 'Content-Type': 'multipart/form-data; boundary=b' },
      body: Readable.toWeb(Readable.from(form())) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    expect(await answer.json()).toMatchObject({ status: 'QUEUED' });
    expect(stored).toBe(256 * 1024 * 1024);
    // The system's own buffers are most of it.
    expect(mostBetween).toBeLessThan(32 * 1024 * 1024);
  }, 30_000);
});

describe('POST /upload', () => {
  it("answers with the document's exact body, whose job_name the other routes know", async () => {
    const { as } = await openTestApp();
    const { body } = await as(anasKey).post('/upload').attach('audio_file', bytes, 'a.mp3').expect(200);
    const jobName = expect.stringMatching(/^transcription_job_[0-9a-f]{32}$/);
    expect(body).toEqual({ message: 'File uploaded and transcription started', job_name: jobName });
    for (const path of ['status', 'result']) {
      const answer = await as(anasKey).get(`/${path}/${body.job_name}`);
      expect(answer.body).toMatchObject({
        job_id: body.job_name.replace('transcription_', ''),
        status: 'QUEUED',
      });
    }
  });

  it('takes no other field', async () => {
    const { as } = await openTestApp();
    await as(anasKey).post('/upload').attach('file', bytes, 'a.mp3').expect(400);
  });
});

describe('GET /status and /result', () => {
  it('say nulls until the end, and then the text', async () => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status: 'PROCESSING', durationSeconds: 10, audioSecondsDone: 5 });
    await platform.jobs.create(job);
    const waiting = await as(anasKey).get(`/result/${job.jobId}`).expect(202);
    expect(waiting.body).toEqual({ job_id: job.jobId, status: 'PROCESSING', transcript: null, notes: null });
    const status = await as(anasKey).get(`/status/${job.jobId}`).expect(200);
    expect(status.body).toEqual({
      job_id: job.jobId,
      status: 'PROCESSING',
      progress_percent: 50,
      error: null,
    });

    const transcriptKey = `ana/${job.jobId}/r1-1/transcript.json`;
    const transcript = aTranscript([{ start: 0, end: 1, text: 'Hello there.' }]);
    await platform.objects.put('transcripts', transcriptKey, Buffer.from(JSON.stringify(transcript)), {
      contentType: 'application/json',
    });
    const result = {
      version: 'r1-1',
      transcriptKey,
      language: 'en',
      confidence: 1,
      model: 'm',
      warnings: [],
      measures: null,
    };
    await platform.jobs.change(job.jobId, { expect: {}, set: { status: 'COMPLETED', result } });
    const done = await as(anasKey).get(`/result/${job.jobId}`).expect(200);
    expect(done.body).toEqual({
      job_id: job.jobId,
      status: 'COMPLETED',
      transcript: 'Hello there.',
      notes: null,
    });
  });

  it('give a failed job an end without a text', async () => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana', status: 'FAILED', errorCode: 'audio.unreadable' });
    await platform.jobs.create(job);
    const { body } = await as(anasKey).get(`/result/${job.jobId}`).expect(200);
    expect(body).toEqual({ job_id: job.jobId, status: 'FAILED', transcript: null, notes: null });
  });

  it("do not know another user's job", async () => {
    const { as, platform } = await openTestApp();
    const job = aJob({ userId: 'ana' });
    await platform.jobs.create(job);
    for (const path of [`/status/${job.jobId}`, `/result/transcription_${job.jobId}`]) {
      const { body } = await as(bobsKey).get(path).expect(404);
      expect(body.code).toBe('job.unknown');
    }
  });
});

type UploadRequest = ReturnType<ReturnType<Awaited<ReturnType<typeof openTestApp>>['as']>['post']>;

function megabytes(count: number): Buffer {
  return Buffer.alloc(count * 1024 * 1024);
}

/** The head of a request, and of the one file in its form, with `b` between the parts. */
function formHead(line: string, contentLength: number): Buffer {
  return Buffer.from(
    `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${anasKey}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${contentLength}\r\n\r\n${partHead}`,
  );
}

const partHead =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n';

function* bigForm(mebibytes: number) {
  yield Buffer.from(partHead);
  const piece = megabytes(1);
  for (let count = 0; count < mebibytes; count++) yield piece;
  yield Buffer.from('\r\n--b--\r\n');
}
