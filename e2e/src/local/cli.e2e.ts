import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../drivers/free-ports.ts';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const program = resolve(import.meta.dirname, '../../../cli/bin/verbatim.mjs');

const partBytes = 8 * 2 ** 20;

describe('the command verbatim', () => {
  let server: Verbatim;
  let folder: string;
  let started: ChildProcess[];
  beforeAll(async () => {
    server = await Verbatim.start();
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-cli-'));
    started = [];
  });
  afterEach(async () => {
    for (const child of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const sizesOfObjects = () => sizesBelow(join(server.dataDir, 'objects'));

  function verbatim(...args: string[]) {
    return run([program, ...args]);
  }
  function run(args: string[]) {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], VERBATIM_URL: server.baseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    }
    const ended = once(child, 'close').then(([exitCode]) => ({
      exitCode: exitCode as number | null,
      ...said,
    }));
    return { child, said, ended };
  }
  const oneLine = (text: string) => text.trim().split(/\s+/).join(' ');

  it('turns recordings into their true texts and subtitles', async () => {
    const files = ['en-short.wav', 'es-short.wav'];
    const { ended } = verbatim(
      'transcribe',
      ...files.map(samplePath),
      '--format',
      'txt,srt',
      '--out',
      folder,
    );
    expect(await ended).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await readdir(folder)).sort()).toEqual([
      'en-short.srt',
      'en-short.txt',
      'es-short.srt',
      'es-short.txt',
    ]);
    for (const name of files) {
      const text = await readFile(join(folder, name.replace('.wav', '.txt')), 'utf8');
      expect(oneLine(text)).toBe(trueText(name));
      const subtitles = await readFile(join(folder, name.replace('.wav', '.srt')), 'utf8');
      expect(subtitles).toMatch(/^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\n\S/);
    }
  });

  it('prints one text, shows the job and erases it', async () => {
    const { exitCode, stdout } = await verbatim('transcribe', samplePath('en-short.wav')).ended;
    expect({ exitCode, text: oneLine(stdout) }).toEqual({ exitCode: 0, text: trueText('en-short.wav') });

    const jobs = JSON.parse((await verbatim('jobs', '--limit', '1', '--json').ended).stdout);
    const [{ jobId }] = jobs;
    expect((await verbatim('status', jobId).ended).stdout).toMatch(/^status +COMPLETED$/m);
    expect((await verbatim('delete', jobId).ended).exitCode).toBe(0);
    const gone = await verbatim('status', jobId).ended;
    expect(gone).toMatchObject({ exitCode: 1, stderr: 'verbatim: There is no such job.\n' });
  });

  it('sends a large recording in parts', async () => {
    const path = join(folder, 'large.wav');
    await withRoomAtItsEnd(samplePath('en-short.wav'), path, 65 * 2 ** 20);
    const { exitCode, stdout } = await verbatim('transcribe', path).ended;
    expect({ exitCode, text: oneLine(stdout) }).toEqual({ exitCode: 0, text: trueText('en-short.wav') });
    expect(JSON.stringify(await server.logOf('api'))).toContain('/upload/complete');
  });

  it('leaves nothing of a large recording behind at Ctrl-C', async () => {
    const path = join(folder, 'large.wav');
    await withRoomAtItsEnd(samplePath('en-short.wav'), path, 500e6);
    const large = async () => (await sizesOfObjects()).filter((size) => size >= partBytes).length;
    const before = await large();
    const { child, ended } = verbatim('transcribe', path);
    await waitFor('parts to arrive', async () => (await large()) > before + 2);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('its job is cancelled'),
    });
    await waitFor('all of it to go', async () => (await large()) <= before);
  });

  it('cancels its job at Ctrl-C', async () => {
    const { child, said, ended } = verbatim(
      'transcribe',
      samplePath('en-twelve-minutes.mp3'),
      '--out',
      folder,
    );
    await waitFor('the engine to work', () => said.stderr.includes('transcribing'));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('its job is cancelled'),
    });
    const [job] = JSON.parse((await verbatim('jobs', '--limit', '1', '--json').ended).stdout);
    expect(job).toMatchObject({ fileName: 'en-twelve-minutes.mp3', status: 'CANCELED' });
    expect(await readdir(folder)).toEqual([]);
  });

  it("runs with the Node that npm brought where the system's own is too old", async () => {
    const older = "Object.defineProperty(process, 'versions', { value: { node: '20.9.0' } })";
    const nobody = run(['--import', `data:text/javascript,${older}`, program, 'status', 'job_of_nobody']);
    expect(await nobody.ended).toMatchObject({ exitCode: 1, stderr: 'verbatim: There is no such job.\n' });
  });

  it('says in one sentence that no server is there, or another one', async () => {
    const port = await freePort();
    const nobody = verbatim('transcribe', samplePath('en-short.wav'), '--url', `http://127.0.0.1:${port}`);
    expect(await nobody.ended).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^[^\n]*Nothing answers at http:\/\/127\.0\.0\.1:\d+\. [^\n]*\n$/),
    });
    const other = verbatim('jobs', '--url', `${server.baseUrl}/elsewhere`);
    expect(await other.ended).toMatchObject({
      exitCode: 1,
      stderr: 'verbatim: There is nothing at this address.\n',
    });
  });

  it('passes on why a file was refused', async () => {
    const { exitCode, stderr } = await verbatim('transcribe', samplePath('manifest.json')).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^[^\n]*contentType must be audio or video[^\n]*\n$/);
  });
});

/** The same sound in a larger file: a wav may have chunks that say nothing. */
async function withRoomAtItsEnd(wav: string, path: string, bytes: number): Promise<void> {
  await cp(wav, path);
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const junk = Buffer.from('junk\0\0\0\0');
  junk.writeUInt32LE(bytes, 4);
  await file.write(junk, 0, 8, size);
  await file.truncate(size + 8 + bytes);
  const riffBytes = Buffer.alloc(4);
  riffBytes.writeUInt32LE(size + bytes);
  await file.write(riffBytes, 0, 4, 4);
}

async function sizesBelow(root: string): Promise<number[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // Some go while we look.
  return Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
}

describe('npm run accuracy', () => {
  it('finds the true words of the sample recordings, on a server of its own that it leaves no trace of', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-accuracy-e2e-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const data = join(folder, 'data');
    for (const name of ['en-short.wav', 'es-short.wav', 'en-meeting.m4a', 'es-meeting.m4a']) {
      for (const file of [name, name.replace(/\.\w+$/, '.txt')]) await cp(samplePath(file), join(data, file));
    }
    const report = join(folder, 'report.json');
    const child = spawn(process.execPath, [program, 'accuracy', '--data', data, '--json', report], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, WHISPER_MODEL: 'demo' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [exitCode] = await once(child, 'close');
    expect(exitCode).toBe(0);
    const { all, languages, models } = JSON.parse(await readFile(report, 'utf8'));
    expect(models).toEqual(['demo']);
    expect(all).toMatchObject({ files: 4, words: 185, wer: 0, cer: 0 });
    expect(languages).toMatchObject({ en: { files: 2, wer: 0 }, es: { files: 2, wer: 0 } });
    // Locks of ports are the machine's, not this server's.
    const left = (await readdir(folder)).filter((name) => !name.startsWith('verbatim-ports-'));
    expect(left.sort()).toEqual(['data', 'report.json']);
  });
});
