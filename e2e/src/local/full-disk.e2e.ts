import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { type SmallDisk, smallDisk } from '../drivers/small-disk.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const root = resolve(import.meta.dirname, '../../..');
/** What was at work when the disk became full has failed an attempt, and waits for minutes where nobody sets it. */
const soon = Array(10).fill('1').join(',');
const short = { fileName: 'en-short.wav', sizeBytes: 159_008 };

async function answerOf(verbatim: Verbatim, path: string): Promise<number> {
  return (await verbatim.client.fetch(path)).status;
}

describe('a full disk', () => {
  it('under the data answers 503, loses nothing, and all jobs are done when there is room again', async () => {
    await using disk = await smallDisk(48);
    await using verbatim = await Verbatim.start(
      { MAIL_TO: 'ana@example.com', RECONCILE_MS: '500', RETRY_DELAYS_SECONDS: soon },
      disk.path,
    );
    const { client } = verbatim;
    const programs = verbatim.programs();
    const accepted = [
      await client.upload(samplePath('sample.mp3')),
      await client.upload(samplePath('en-short.wav')),
    ];
    for (const { jobId } of accepted) await client.announceUpload(jobId);
    const waiting = await client.createJob(short);

    // When the disk is full
    await disk.fill(programs);
    const created: string[] = [];
    const refused = await waitFor(
      'a job to be refused',
      async () => {
        const answer = await client.fetch('/v1/jobs', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...short, contentType: 'audio/wav' }),
        });
        if (answer.status !== 201) return answer;
        created.push(((await answer.json()) as { job: { jobId: string } }).job.jobId);
        return null;
      },
      { everyMs: 1 },
    );

    // Then it says so, in words that clients understand
    await expectToTryAgain(refused);
    await expectToTryAgain(await client.sendForm(waiting, new Uint8Array(short.sizeBytes), short.fileName));
    await expectToTryAgain(await uploadThroughApi(verbatim));
    // And what was promised before can be read
    for (const jobId of [...created, ...accepted.map((job) => job.jobId)]) {
      expect(await answerOf(verbatim, `/v1/jobs/${jobId}`)).toBe(200);
    }

    // And there is room again
    await disk.free(programs);
    await waitFor('uploads to be taken', async () => {
      const created = await client.createJob(short);
      return (await client.sendForm(created, new Uint8Array(short.sizeBytes), short.fileName)).ok;
    });
    for (const { jobId } of accepted) await client.waitUntil(jobId, 'COMPLETED', 180_000);
    const [long = '', brief = ''] = await Promise.all(
      accepted.map(async ({ jobId }) => (await client.transcript(jobId)).text),
    );
    expect(wordErrorRate(trueText('sample.mp3'), long)).toBeLessThan(0.05);
    expect(brief).toBe(trueText('en-short.wav'));
    for (const { jobId } of accepted) {
      await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
      expect((await verbatim.mails()).filter((mail) => mail.includes(jobId))).toHaveLength(1);
    }
    for (const jobId of created) expect((await client.job(jobId)).status).toBe('PENDING_UPLOAD');
    expect(verbatim.programs(), 'nobody died of it').toEqual(programs);
  });

  it('under the scratch space makes a worker hand its jobs to others, tidy up and say so', async () => {
    await using disk = await smallDisk(8);
    await using verbatim = await Verbatim.start({
      WORK_DIR: join(disk.path, 'work'),
      RETRY_DELAYS_SECONDS: soon,
      RECONCILE_MS: '500',
    });
    const { client } = verbatim;
    const worker = verbatim.program('worker');
    const health = workerHealthOf(verbatim);

    // When a recording does not fit: seven minutes are 13 MB decoded
    const { jobId } = await client.upload(samplePath('sample.mp3'));
    // Its writes to the table are small.
    await disk.fill([worker.pid], 8 * 2 ** 20);
    await client.announceUpload(jobId);
    await waitFor(
      'the worker to say that it can not work',
      async () => (await health()) === 503 || (await attemptOf(verbatim, jobId)) > 1,
    );
    expect((await client.job(jobId)).status).not.toBe('FAILED');

    // Then one that has room does it
    await using other = await anotherWorker(verbatim.dataDir);
    await client.waitUntil(jobId, 'COMPLETED', 150_000);
    expect(wordErrorRate(trueText('sample.mp3'), (await client.transcript(jobId)).text)).toBeLessThan(0.05);
    expect(other.exitCode()).toBeNull();
    await waitFor('nothing to be left', async () => (await leftovers(disk)).length === 0);

    // And the first works again as soon as it has room
    await disk.free([worker.pid]);
    await waitFor('the worker to be ready', async () => (await health()) === 200);
    await other[Symbol.asyncDispose]();
    const next = await client.upload(samplePath('en-short.wav'));
    await client.announceUpload(next.jobId);
    await client.waitUntil(next.jobId, 'COMPLETED');
    expect(verbatim.program('worker').pid, 'it lived on').toBe(worker.pid);
  });
});

async function expectToTryAgain(answer: Response): Promise<void> {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ code: 'storage.unavailable' });
}

function uploadThroughApi({ client }: Verbatim): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(short.sizeBytes)]), short.fileName);
  return client.fetch('/upload-audio/', { method: 'POST', body: form });
}

async function attemptOf({ client }: Verbatim, jobId: string): Promise<number> {
  return (await client.job(jobId)).attempt;
}

/** Asks the worker at the port that it logged. */
function workerHealthOf(verbatim: Verbatim): () => Promise<number> {
  return async () => {
    const ready = (await verbatim.logOf('worker')).findLast(({ event }) => event === 'worker.ready');
    return (await fetch(`http://127.0.0.1:${String(ready?.['healthPort'])}/health/ready`)).status;
  };
}

async function leftovers(disk: SmallDisk): Promise<string[]> {
  const names = await readdir(join(disk.path, 'work'), { recursive: true });
  return names.filter((name) => name.includes('job-'));
}

/** A second worker on the same data, with a scratch space of its own. */
async function anotherWorker(dataDir: string) {
  const workDir = await mkdtemp(join(tmpdir(), 'verbatim-e2e-scratch-'));
  const engine = await engineOf();
  const child: ChildProcess = spawn(process.execPath, [join(root, 'worker/dist/main.js')], {
    env: {
      ...process.env,
      PLATFORM: 'local',
      DATA_DIR: dataDir,
      WORK_DIR: workDir,
      WHISPER_MODEL: 'demo',
      WHISPER_SERVER: engine,
      WORKER_HEALTH_PORT: '0',
    },
    stdio: 'ignore',
  });
  return {
    exitCode: () => child.exitCode,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(workDir, { recursive: true, force: true });
    },
  };
}

async function engineOf(): Promise<string> {
  const asked = spawn(process.execPath, [join(root, 'standalone/dist/build-engine.js'), '--where']);
  let said = '';
  asked.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(asked, 'close');
  return join(said.trim(), 'whisper-server');
}
