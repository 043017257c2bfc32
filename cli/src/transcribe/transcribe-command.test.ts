import { readFileSync } from 'node:fs';
import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { brokenConnection, cutAnswer, problem, processing } from '../testing/fake-verbatim.ts';
import { runVerbatim } from '../testing/run-verbatim.ts';
import { transcribing } from '../testing/transcribing.ts';

let { folder, server, recording, transcribe } = {} as Awaited<ReturnType<typeof transcribing>>;
beforeEach(async () => {
  ({ folder, server, recording, transcribe } = await transcribing());
});

describe('verbatim transcribe', () => {
  it('prints the text of one recording, and nothing else', async () => {
    const ended = await transcribe([await recording('a.mp3')]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'txt: Yes, I agree.\n' });
    expect(server.only().job.fileName).toBe('a.mp3');
    expect(await readdir(folder)).toEqual(['a.mp3']);
  });

  it('sends the file as the last field of the form, byte for byte, with its length', async () => {
    const sound = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));
    await transcribe([await recording('a.mp3', sound)]);
    const body = server.only().uploaded ?? Buffer.alloc(0);
    const head = body.subarray(0, body.indexOf(sound)).toString();
    expect(Array.from(head.matchAll(/; name="(\w+)"/g), ([, name]) => name)).toEqual([
      'key',
      'policy',
      'signature',
      'file',
    ]);
    expect(body.subarray(head.length + sound.length).toString()).toMatch(/^\r\n--verbatim-[\w-]+--\r\n$/);
    const sent = server.seen.find(({ route }) => route === 'POST /storage/:id');
    expect(sent?.headers['content-length']).toBe(String(body.length));
  });

  it('passes on how the recording shall be heard, and nothing that was not asked for', async () => {
    const file = await recording('a.mp3');
    await transcribe([file]);
    await transcribe(
      [file],
      '--language',
      'es',
      '--quality',
      'best',
      '--keywords',
      'Ana, Zoë',
      '--task',
      'translate',
    );
    const [plain, asked] = server.orders;
    expect(plain).toEqual({ fileName: 'a.mp3', sizeBytes: 5, contentType: 'application/octet-stream' });
    expect(asked).toMatchObject({
      language: 'es',
      quality: 'best',
      keywords: ['Ana', 'Zoë'],
      task: 'translate',
    });
  });

  it('never holds the whole file', { timeout: 30_000 }, async () => {
    // Given 400 MB, sparse
    const path = await recording('long.wav');
    await truncate(path, 400e6);
    const held = () => process.memoryUsage().external;
    const before = held();
    let most = before;
    const sampling = setInterval(() => {
      most = Math.max(most, held());
    }, 5);
    const ended = await transcribe([path]);
    clearInterval(sampling);
    expect(ended.exitCode).toBe(0);
    expect(most - before).toBeLessThan(200e6);
  });

  it('writes every format of every recording beside it, or into a folder', async () => {
    const files = [await recording('a.mp3'), await recording('b.wav')];
    const out = join(folder, 'not/yet/there');
    expect((await transcribe(files, '--format', 'txt,srt')).exitCode).toBe(0);
    expect((await transcribe(files, '--format', 'vtt', '--out', out, '--jobs', '1')).exitCode).toBe(0);
    expect((await readdir(folder)).sort()).toEqual([
      'a.mp3',
      'a.srt',
      'a.txt',
      'b.srt',
      'b.txt',
      'b.wav',
      'not',
    ]);
    expect((await readdir(out)).sort()).toEqual(['a.vtt', 'b.vtt']);
    expect(await readFile(join(folder, 'b.srt'), 'utf8')).toBe('srt: Yes, I agree.\n');
  });

  it('refuses to write over anything before it sends anything', async () => {
    const file = await recording('a.mp3');
    await recording('a.srt', 'mine');
    const refused = await transcribe([file], '--format', 'srt');
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/a\.srt is there already: --force/);
    expect(server.seen).toEqual([]);

    expect((await transcribe([file], '--format', 'srt', '--force')).exitCode).toBe(0);
    expect(readFileSync(join(folder, 'a.srt'), 'utf8')).toBe('srt: Yes, I agree.\n');
  });

  it('refuses two recordings with one transcript', async () => {
    const ended = await transcribe([await recording('a.mp3'), await recording('a.wav')]);
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.stderr).toMatch(/would both be written/);
  });

  it('tells what happens in a few lines where there is no terminal, and nothing with --quiet', async () => {
    server.course = [
      { status: 'QUEUED' },
      ...[0, 10, 30, 45].map((done) => processing(done)),
      { status: 'COMPLETED' },
    ];
    const file = await recording('a.mp3');
    const { stderr } = await transcribe([file]);
    expect(stderr.split('\n').map((line) => line.replace(`${file}: `, '').replace(/, about .*/, ''))).toEqual(
      [
        'uploading 100 %, 1 kB of 1 kB',
        'waiting in the queue',
        'transcribing 0 %, 0:00 of 1:00',
        'transcribing 50 %, 0:30 of 1:00',
        'transcribing 75 %, 0:45 of 1:00',
        'done (1:00)',
        '',
      ],
    );
    server.course = [{ status: 'COMPLETED' }];
    expect((await transcribe([file], '--quiet')).stderr).toBe('');
  });

  it('prints one line of JSON for each recording', async () => {
    const files = [await recording('a.mp3'), join(folder, 'none.mp3')];
    const { exitCode, stdout } = await transcribe(files, '--json', '--jobs', '1');
    expect(exitCode).toBe(1);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      file: files[0],
      job: { status: 'COMPLETED' },
      written: [join(folder, 'a.txt')],
      error: null,
    });
    expect(second).toEqual({
      file: files[1],
      job: null,
      written: [],
      error: expect.stringMatching(/no such file/),
    });
  });

  it('leaves nothing on the server when asked to', async () => {
    await transcribe([await recording('a.mp3')], '--delete');
    expect(server.jobs.size).toBe(0);
  });

  it('asks for changes only', async () => {
    server.course = [processing(0), {}, {}, {}, { status: 'COMPLETED' }];
    await transcribe([await recording('a.mp3')]);
    const looks = server.seen.filter(({ route }) => route === 'GET /v1/jobs/:id');
    expect(looks.slice(1).every(({ headers }) => headers['if-none-match'])).toBe(true);
    expect(looks.some(({ headers }) => headers['cache-control'] === 'no-cache')).toBe(false);
  });
});

describe('verbatim transcribe, when something fails', () => {
  it('says so for each recording and goes on with the others', async () => {
    server.course = [
      {
        status: 'FAILED',
        error: { code: 'audio.unreadable', message: 'We could not read this file as audio.' },
      },
    ];
    const files = [await recording('a.mp3'), await recording('empty.mp3', ''), await recording('b.mp3')];
    const { exitCode, stderr } = await transcribe(files, '--jobs', '1', '--quiet');
    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toEqual([
      `${files[0]}: We could not read this file as audio.`,
      `${files[1]}: The file is empty.`,
      `${files[2]}: We could not read this file as audio.`,
      '',
    ]);
  });

  it.each([
    [
      'a server that asks for a key',
      problem(401, 'auth.required', 'Send your API key as ...'),
      /asks for an API key: give --key/,
    ],
    [
      'a wrong key',
      problem(401, 'auth.wrong_key', 'This API key is not known here.'),
      /This API key is not known here\./,
    ],
    [
      'a file of a wrong type',
      problem(415, 'upload.wrong_type', 'This type of file is not taken.'),
      /This type of file is not taken\./,
    ],
    [
      'something that is no Verbatim',
      (response: import('node:http').ServerResponse) =>
        void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'),
      /is no Verbatim server \(it answered 404, text\/html\)/,
    ],
    [
      'something that answers 200 to everything',
      (response: import('node:http').ServerResponse) => void response.end('{}'),
      /is no Verbatim server/,
    ],
  ])('has one sentence for %s', async (_, answer, sentence) => {
    server.trouble('POST /v1/jobs', answer);
    const { exitCode, stderr } = await transcribe([await recording('a.mp3')]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('has one sentence for a server that is not there', async () => {
    await server.stop();
    const { exitCode, stderr } = await transcribe([await recording('a.mp3')], '--quiet');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/: Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Start a server with npm start/);
    await server.listen();
  });

  it('passes on what storage says, in its own XML too', async () => {
    server.trouble('POST /storage/:id', (response) => {
      response.req.resume();
      response.writeHead(400, { 'content-type': 'application/xml' });
      response.end(
        '<Error><Code>EntityTooLarge</Code><Message>Your proposed upload is too large</Message></Error>',
      );
    });
    const { exitCode, stderr } = await transcribe([await recording('a.mp3')]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Storage refused the file: Your proposed upload is too large/);
  });

  it('hears a refusal that comes before all is sent', async () => {
    const tooLarge = problem(413, 'upload.too_large', 'The file is larger than this server accepts.');
    server.trouble('POST /storage/:id', (response) => {
      response.req.resume();
      tooLarge(response);
    });
    const { stderr } = await transcribe([await recording('a.mp3', Buffer.alloc(5e6))], '--quiet');
    expect(stderr).toMatch(/The file is larger than this server accepts\./);
  });

  it('tries again after broken connections, a busy server, and an upload whose answer was lost', async () => {
    server.trouble('POST /v1/jobs', problem(503, 'storage.unavailable', 'Storage does not answer.'));
    server.trouble(
      'POST /storage/:id',
      brokenConnection,
      problem(409, 'upload.exists', 'A file was uploaded already.'),
    );
    server.trouble(
      'GET /v1/jobs/:id',
      brokenConnection,
      problem(429, 'request.too_many', 'Too many requests.'),
    );
    const ended = await transcribe([await recording('a.mp3')]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'txt: Yes, I agree.\n' });
    expect(server.jobs.size).toBe(1);
  });

  it.each([
    ['a transcript', 'GET /v1/jobs/:id/transcript'],
    ['a job', 'GET /v1/jobs/:id'],
  ])('asks again for %s that breaks off in the middle', async (_, route) => {
    server.course = [{ status: 'COMPLETED' }];
    server.trouble(route, cutAnswer);
    const ended = await transcribe([await recording('a.mp3')]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'txt: Yes, I agree.\n' });
    expect(server.routes().filter((asked) => asked === route)).toHaveLength(2);
  });

  it('gives the tries to make a job one key, so that they make one job', async () => {
    server.trouble('POST /v1/jobs', problem(503, 'storage.unavailable', 'Storage does not answer.'));
    await transcribe([await recording('a.mp3')]);
    const keys = server.seen
      .filter(({ route }) => route === 'POST /v1/jobs')
      .map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('waits for a server that is restarted meanwhile', { timeout: 20_000 }, async () => {
    server.course = [processing(0)];
    const said = { stdout: '', stderr: '' };
    const running = runVerbatim(['transcribe', await recording('a.mp3'), '--url', server.url], { said });
    await vi.waitUntil(() => server.routes().includes('GET /v1/jobs/:id'));
    await server.stop();
    await vi.waitUntil(() => said.stderr.includes('Trying again.'), { timeout: 5_000 });
    server.only().future = [{ status: 'COMPLETED' }];
    await server.listen(Number(new URL(server.url).port));
    expect(await running).toMatchObject({ exitCode: 0, stdout: 'txt: Yes, I agree.\n' });
  });

  it('cancels what runs and begins nothing more at Ctrl-C', async () => {
    server.course = [processing(0)];
    const stop = new AbortController();
    const files = [await recording('a.mp3'), await recording('b.mp3'), await recording('c.mp3')];
    const running = runVerbatim(['transcribe', ...files, '--jobs', '2', '--url', server.url], {
      stop: stop.signal,
    });
    await vi.waitUntil(
      () =>
        server.jobs.size === 2 && [...server.jobs.values()].every(({ job }) => job.status === 'PROCESSING'),
    );
    stop.abort();
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect([...server.jobs.values()].map(({ job }) => job.status)).toEqual(['CANCELED', 'CANCELED']);
    expect(stderr).toMatch(/a\.mp3: Interrupted: its job is cancelled\./);
  });

  it.each([
    [['transcribe'], /missing required argument/],
    [['transcribe', 'a.mp3', '--format', 'pdf'], /There are json, txt/],
    [['transcribe', 'a.mp3', '--language', 'klingon'], /one of Whisper's codes/],
    [['transcribe', 'a.mp3', '--jobs', '0'], /1 or more/],
    [['transcribe', 'a.mp3', '--url', 'localhost'], /--url must be an http/],
    [['dance'], /unknown command/],
  ])('ends with 2 when typed wrongly: %j', async (args, sentence) => {
    const { exitCode, stderr } = await runVerbatim(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(sentence);
  });
});
