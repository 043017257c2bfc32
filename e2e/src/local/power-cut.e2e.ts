import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../drivers/processes.ts';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const recording = 'en-short.wav';
const cuts = 3;

describe('a power cut', () => {
  it('at any moment loses no job that was accepted: as many after it as before, each done and told of once', async () => {
    await using verbatim = await Verbatim.start({
      MAIL_TO: 'ana@example.com',
      RECONCILE_MS: '500',
      RATE_LIMIT_PER_MINUTE: '100000',
    });
    const { client } = verbatim;
    /** By what the server had said about each when it was cut off. */
    const created = new Set<string>();
    const uploaded = new Set<string>();

    for (let cut = 0; cut < cuts; cut++) {
      // When all processes are killed at once while two clients send jobs
      const clients = Promise.all([sendJobs(), sendJobs()]);
      const before = uploaded.size;
      await waitFor('some to be accepted', () => uploaded.size > before + 2 * cut);
      await sleep(Math.random() * 500);
      const all = await verbatim.kill('everything');
      await waitFor('all processes to be gone', () => all.every(({ pid }) => !isRunning(pid)));
      await clients;
      await verbatim.startAgain();

      // Then the next start knows every one of them
      for (const jobId of created) expect((await client.job(jobId)).jobId).toBe(jobId);
    }

    for (const jobId of uploaded) {
      await client.waitUntil(jobId, 'COMPLETED', 180_000);
      expect((await client.transcript(jobId)).text).toBe(trueText(recording));
      await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
    }
    const mails = await verbatim.mails();
    for (const jobId of uploaded) expect(mails.filter((mail) => mail.includes(jobId))).toHaveLength(1);
    expect(uploaded.size).toBeGreaterThanOrEqual(cuts);

    /** One job after the other, until nobody answers. */
    async function sendJobs(): Promise<void> {
      const bytes = await readFile(samplePath(recording));
      for (let i = 0; i < 20; i++) {
        try {
          const made = await client.createJob({ fileName: recording, sizeBytes: bytes.length });
          created.add(made.job.jobId);
          if ((await client.sendForm(made, bytes, recording)).ok) uploaded.add(made.job.jobId);
        } catch {
          return;
        }
      }
    }
  });
});
