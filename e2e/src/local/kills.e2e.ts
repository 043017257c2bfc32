import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../drivers/processes.ts';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const recording = 'sample.mp3';

describe('whatever is killed', () => {
  let verbatim: Verbatim;
  beforeEach(async () => {
    verbatim = await Verbatim.start({ MAIL_TO: 'ana@example.com' });
  }, 120_000);
  afterEach(() => verbatim[Symbol.asyncDispose]());

  /** A job of seven minutes of audio, whose transcription has begun. */
  async function aRunningJob(): Promise<string> {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath(recording));
    await client.announceUpload(jobId);
    await waitFor(
      'the engine to work',
      async () => (await client.job(jobId)).progress.phase === 'transcribing',
    );
    return jobId;
  }

  async function expectOneTranscriptAndOneMail(jobId: string): Promise<void> {
    const { client } = verbatim;
    await client.waitUntil(jobId, 'COMPLETED', 150_000);
    // The demo model's own error on this recording is 2.3 %.
    expect(wordErrorRate(trueText(recording), (await client.transcript(jobId)).text)).toBeLessThan(0.05);
    await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
    expect((await verbatim.mails()).filter((mail) => mail.includes(jobId))).toHaveLength(1);
  }

  it('a job whose worker is killed goes on in the next one and is announced once', async () => {
    const jobId = await aRunningJob();
    const killed = verbatim.program('worker');
    const below = verbatim.processes().filter(({ parent }) => parent === killed.pid);
    expect(below.length, 'the engine runs below the worker').toBeGreaterThan(0);

    process.kill(killed.pid, 'SIGKILL');

    await waitFor('its engine to die with it', () => below.every(({ pid }) => !isRunning(pid)));
    await expectOneTranscriptAndOneMail(jobId);
    expect((await verbatim.client.job(jobId)).attempt, 'an interruption is no failure').toBe(1);
  });

  it('everything at once: after the next start the job is done, once', async () => {
    const jobId = await aRunningJob();
    const all = await verbatim.kill('everything');
    await waitFor('all processes to be gone', () => all.every(({ pid }) => !isRunning(pid)));

    await verbatim.startAgain();
    await expectOneTranscriptAndOneMail(jobId);
  });

  it('the supervisor alone: its programs and their engine end by themselves', async () => {
    await aRunningJob();
    const all = await verbatim.kill('supervisor');
    expect(all.length).toBeGreaterThan(4);
    await waitFor('all processes to be gone', () => all.every(({ pid }) => !isRunning(pid)), {
      withinMs: 10_000,
    });
  });

  it('Ctrl-C ends within five seconds, hands the job back and leaves no process', async () => {
    const jobId = await aRunningJob();
    const all = verbatim.processes();
    const started = performance.now();
    expect(await verbatim.interrupt()).toBe(0);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(all.filter(({ pid }) => isRunning(pid))).toEqual([]);

    await verbatim.startAgain();
    await expectOneTranscriptAndOneMail(jobId);
  });
});
