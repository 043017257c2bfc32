import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

describe('a job that its user takes back', () => {
  let verbatim: Verbatim;
  beforeAll(async () => {
    verbatim = await Verbatim.start({ MAIL_TO: 'ana@example.com', WORKER_SLOTS: '1' });
  }, 120_000);
  afterAll(() => verbatim[Symbol.asyncDispose]());

  async function aRunningJob(): Promise<string> {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('en-twelve-minutes.mp3'));
    await client.announceUpload(jobId);
    await waitFor(
      'the engine to work',
      async () => (await client.job(jobId)).progress.phase === 'transcribing',
    );
    return jobId;
  }

  /** The one slot is free again when it takes the next job. */
  async function expectTheSlotIsFreeWithin(ms: number): Promise<void> {
    const { client } = verbatim;
    const { job_id: next } = await client.uploadThroughApi(samplePath('en-short.wav'));
    await waitFor('the next job to start', async () => (await client.job(next)).startedAt, { withinMs: ms });
    await client.waitUntil(next, 'COMPLETED');
    expect((await client.transcript(next)).text).toBe(trueText('en-short.wav'));
  }

  it('stops when it is cancelled, frees its slot, and sends no mail', async () => {
    const jobId = await aRunningJob();
    const response = await verbatim.client.fetch(`/v1/jobs/${jobId}/cancel`, { method: 'POST' });
    expect(response.status).toBe(202);
    await expectTheSlotIsFreeWithin(10_000);
    expect(await verbatim.client.job(jobId)).toMatchObject({ status: 'CANCELED' });
    expect((await verbatim.mails()).filter((mail) => mail.includes(jobId))).toEqual([]);
  });

  it('is gone when it is deleted while it runs: the record, the audio, the transcript', async () => {
    const jobId = await aRunningJob();
    const { client } = verbatim;
    expect((await client.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.fetch(`/v1/jobs/${jobId}`)).status).toBe(404);
    await expectTheSlotIsFreeWithin(10_000);
    const files = await readdir(join(verbatim.dataDir, 'objects'), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile() && file.parentPath.includes(jobId))).toEqual([]);
  });
});
