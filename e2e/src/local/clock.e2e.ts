import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { preload } from '../faults/system/preload.ts';

const minute = 60_000;

describe('a clock that somebody sets while jobs run', () => {
  let folder: string;
  let verbatim: Verbatim;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-clock-'));
    verbatim = await Verbatim.start({
      MAIL_TO: 'ana@example.com',
      RECONCILE_MS: '200',
      NODE_OPTIONS: `--import ${preload('shift-clock.ts', { file: join(folder, 'shift') })}`,
    });
  }, 120_000);
  afterEach(async () => {
    await verbatim[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const setClock = (shiftMs: number) => writeFile(join(folder, 'shift'), String(shiftMs));

  it.each([
    ['ahead', 15 * minute],
    ['back', -15 * minute],
  ])('by a quarter of an hour %s ends no lease, holds up no message and spoils no form', async (_, shift) => {
    // Given a job at work, and a form that was handed out
    const { client } = verbatim;
    const job = await client.upload(samplePath('sample.mp3'));
    await client.announceUpload(job.jobId);
    await waitFor(
      'the engine to work',
      async () => (await client.job(job.jobId)).progress.phase === 'transcribing',
    );
    const form = await client.createJob({ fileName: 'en-short.wav', sizeBytes: 159_008 });

    // When the clock jumps, and a program that starts after that joins in
    await setClock(shift);
    const notifier = verbatim.program('notifier').pid;
    process.kill(notifier, 'SIGKILL');
    await waitFor('the next notifier', () => verbatim.program('notifier').pid !== notifier);
    const sent = await client.sendForm(form, await readFile(samplePath('en-short.wav')), 'en-short.wav');
    expect(sent.ok).toBe(true);

    // Then both are done, each by one claim
    for (const { jobId } of [job, form.job]) {
      await client.waitUntil(jobId, 'COMPLETED', 120_000);
      await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
      expect((await verbatim.mails()).filter((mail) => mail.includes(jobId))).toHaveLength(1);
      const claims = (await verbatim.logOf('worker')).filter(
        (line) => line['event'] === 'job.claimed' && line['jobId'] === jobId,
      );
      expect(claims).toHaveLength(1);
    }
    const { text } = await client.transcript(job.jobId);
    expect(wordErrorRate(trueText('sample.mp3'), text)).toBeLessThan(0.05);
    const reconciled = (await verbatim.logOf('notifier')).filter(({ event }) => event === 'job.reconciled');
    expect(reconciled.filter(({ action }) => action === 'free_job' || action === 'send_job')).toEqual([]);
  });
});
