import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { ComposeStack, inspect, shell } from './compose-stack.ts';
import { docker } from './docker.ts';
import { expectHardened } from './hardened.ts';

const recording = 'sample.mp3';

describe('docker-compose.selfhost.yaml', () => {
  let stack: ComposeStack;
  beforeAll(async () => {
    stack = await ComposeStack.start('docker-compose.selfhost.yaml', {
      WHISPER_MODEL: 'demo',
      MAIL_TO: 'ana@example.com',
    });
  });
  afterAll(() => stack?.removeAll());

  async function mailsAbout(jobId: string): Promise<string[]> {
    const names = await shell(await stack.container('notifier'), 'ls /data/outbox');
    return names.split('\n').filter((name) => name.includes(jobId));
  }

  async function aRunningJob(): Promise<string> {
    const { jobId } = await stack.client.upload(samplePath(recording));
    await stack.client.announceUpload(jobId);
    await waitFor(
      'the engine to work',
      async () => (await stack.client.job(jobId)).progress.phase === 'transcribing',
    );
    return jobId;
  }

  async function expectOneTranscriptAndOneMail(jobId: string): Promise<void> {
    const { client } = stack;
    const { attempt } = await client.waitUntil(jobId, 'COMPLETED', 180_000);
    expect(attempt, 'an interruption is no failure').toBe(1);
    expect(wordErrorRate(trueText(recording), (await client.transcript(jobId)).text)).toBeLessThan(0.05);
    await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
    expect(await mailsAbout(jobId)).toHaveLength(1);
  }

  it('keeps jobs, transcripts and mails over down and up', async () => {
    // Given a finished job
    const { jobId } = await stack.client.upload(samplePath('en-one-minute.mp3'));
    await stack.client.announceUpload(jobId);
    await stack.client.waitUntil(jobId, 'COMPLETED');
    const before = await stack.client.transcript(jobId);
    expect(before.text).toBe(trueText('en-one-minute.mp3'));
    await waitFor('the mail', async () => (await stack.client.job(jobId)).notification === 'sent');
    const job = await stack.client.job(jobId);

    // When everything is taken down and started again
    await stack.down();
    expect(await stack.containers()).toEqual([]);
    await stack.up();

    // Then nothing has changed
    expect(await stack.client.job(jobId)).toEqual(job);
    expect(await stack.client.transcript(jobId)).toEqual(before);
    expect(await mailsAbout(jobId)).toHaveLength(1);
  });

  it.each(['api', 'worker', 'notifier'])(
    'runs the %s as nobody special, on a disk it can not write',
    async (name) => {
      await expectHardened(await stack.container(name));
    },
  );

  it('starts a worker that crashed again by itself, and the job goes on', async () => {
    const jobId = await aRunningJob();
    const worker = await stack.container('worker');
    // All but the first process, which waits for them and ends as they did.
    await docker('exec', worker, 'sh', '-c', 'kill -9 -1').catch(() => 'it kills its own shell too');
    await expectOneTranscriptAndOneMail(jobId);
    expect(Number(await inspect(worker, '{{.RestartCount}}'))).toBe(1);
  });

  it('finishes a job once after everything was killed at the same moment', async () => {
    const jobId = await aRunningJob();
    await docker('kill', '--signal', 'KILL', ...(await stack.containers()));
    await stack.up();
    await expectOneTranscriptAndOneMail(jobId);
  });
});
