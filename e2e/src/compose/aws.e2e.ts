import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { ComposeStack, inspect, shell } from './compose-stack.ts';
import { docker } from './docker.ts';
import { expectHardened, expectNoBuildTools } from './hardened.ts';
import { mailsAbout } from './mail-viewer.ts';

/** Seven minutes: long enough to be interrupted. */
const recording = 'sample.mp3';

describe('docker-compose.yaml', () => {
  let stack: ComposeStack;
  beforeAll(async () => {
    stack = await ComposeStack.start('docker-compose.yaml', { WHISPER_MODEL: 'demo', WORKER_SLOTS: '1' });
  });
  afterAll(() => stack?.removeAll());

  /** A job that is being transcribed, and the worker that has it. */
  async function aRunningJob(): Promise<{ jobId: string; worker: string }> {
    const { jobId } = await stack.client.upload(samplePath(recording));
    await waitFor(
      'the engine to work',
      async () => (await stack.client.job(jobId)).progress.phase === 'transcribing',
    );
    return { jobId, worker: await stack.workerAt(jobId) };
  }

  async function expectOneTranscriptAndOneMail(jobId: string): Promise<void> {
    const { client } = stack;
    const { attempt } = await client.waitUntil(jobId, 'COMPLETED', 180_000);
    expect(attempt, 'an interruption is no failure').toBe(1);
    // The demo model's own error on this recording is 2.3 %.
    expect(wordErrorRate(trueText(recording), (await client.transcript(jobId)).text)).toBeLessThan(0.05);
    await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
    expect(await mailsAbout(jobId)).toHaveLength(1);
  }

  it('turns a recording sent straight to S3 into its text and a mail, without a word from the client', async () => {
    const { jobId } = await stack.client.upload(samplePath('en-one-minute.mp3'));
    await stack.client.waitUntil(jobId, 'COMPLETED');
    const { text } = await stack.client.transcript(jobId);
    expect(text).toBe(trueText('en-one-minute.mp3'));

    const [mail] = await waitFor('the mail', async () => {
      const mails = await mailsAbout(jobId);
      return mails.length > 0 && mails;
    });
    const link = /http:\/\/localhost:8000\/d\/[\w.~-]+/.exec(mail?.text ?? '')?.[0] ?? 'no link';
    const downloaded = await fetch(link);
    expect((await downloaded.text()).trim().split(/\s+/).join(' ')).toBe(text);
  });

  it.each(['es-meeting.m4a', 'es-one-minute.ogg', 'en-short.wav'])(
    'hears %s through the api',
    async (name) => {
      const { job_id: jobId } = await stack.client.uploadThroughApi(samplePath(name));
      await stack.client.waitUntil(jobId, 'COMPLETED');
      expect(wordErrorRate(trueText(name), (await stack.client.transcript(jobId)).text)).toBeLessThan(0.05);
    },
  );

  it('takes no upload with a forged address', async () => {
    const created = await stack.client.createJob({ fileName: 'a.wav', sizeBytes: 3, upload: 'put' });
    const url = created.upload.url.replace(/X-Amz-Signature=[0-9a-f]{8}/, 'X-Amz-Signature=00000000');
    const { headers = {} } = created.upload;
    expect((await fetch(url, { method: 'PUT', headers, body: 'abc' })).status).toBe(403);
  });

  it.each(['api', 'worker', 'notifier'])(
    'runs the %s as nobody special, on a disk it can not write',
    async (name) => {
      const container = await stack.container(name);
      await expectHardened(container);
      await expectNoBuildTools(container);
    },
  );

  it('holds ffmpeg and the engine by limits and to the life of their worker', async () => {
    const log = await docker('logs', await stack.container('worker'));
    const missing = log.split('\n').filter((line) => line.includes('"child_guards.missing"'));
    // A container without capabilities has no network namespaces to give away: ffmpeg's list of protocols has to do.
    expect(missing.map((line) => JSON.parse(line).missing)).toEqual([['noNetwork']]);
  });

  it('goes on with other workers after a kill -9 of one of three, with one transcript and one mail', async () => {
    await stack.up('--scale', 'worker=3');
    expect(await stack.containers('worker')).toHaveLength(3);
    const { jobId, worker } = await aRunningJob();
    await docker('kill', '--signal', 'KILL', worker);
    await expectOneTranscriptAndOneMail(jobId);
  });

  it('hands a job back when its worker is asked to stop, and exits with 0', async () => {
    await stack.up('--scale', 'worker=3');
    const { jobId, worker } = await aRunningJob();
    const asked = performance.now();
    await docker('stop', worker);
    // 2 s for the job, 2 s for the engine, and what a busy machine takes.
    expect(performance.now() - asked).toBeLessThan(12_000);
    expect(await inspect(worker, '{{.State.ExitCode}} {{.State.OOMKilled}}')).toBe('0 false');
    expect(await docker('logs', worker)).toContain('"job.handed_back"');
    await expectOneTranscriptAndOneMail(jobId);
    const others = (await stack.workersAt(jobId)).filter((id) => id !== worker);
    expect(others, 'another one took it').toHaveLength(1);
  });

  it('keeps nothing of what people said in a worker that has nothing to do, killed before or not', async () => {
    await stack.up('--scale', 'worker=3');
    for (const worker of await stack.containers('worker')) {
      expect(await shell(worker, 'find /scratch /tmp -type f')).toBe('');
    }
  });
});
