import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const seconds = (count: number) => String(count / 86_400);

describe('retention', () => {
  it('removes recordings, then transcripts, of jobs from before it was set too; the jobs stay and say so', async () => {
    // Given a job that was done when everything was kept for good
    await using verbatim = await Verbatim.start();
    const { client } = verbatim;
    const old = await client.upload(samplePath('en-short.wav'));
    await client.announceUpload(old.jobId);
    await client.waitUntil(old.jobId, 'COMPLETED');
    await verbatim.interrupt();

    // When it is kept for seconds only
    await verbatim.startAgain({
      AUDIO_RETENTION_DAYS: seconds(1),
      TRANSCRIPT_RETENTION_DAYS: seconds(12),
      RECONCILE_MS: '100',
    });
    const young = await client.upload(samplePath('en-short.wav'));
    await client.announceUpload(young.jobId);
    await client.waitUntil(young.jobId, 'COMPLETED');
    expect((await client.transcript(young.jobId)).text).toBe(trueText('en-short.wav'));

    // Then first the recording goes, and later the transcript
    await waitFor('the recording to go', async () => (await client.job(young.jobId)).audioRemovedAt !== null);
    expect((await client.job(young.jobId)).transcriptRemovedAt).toBeNull();
    for (const { jobId } of [old, young]) {
      await waitFor(
        'the transcript to go',
        async () => (await client.job(jobId)).transcriptRemovedAt !== null,
      );
      expect(await client.job(jobId)).toMatchObject({ status: 'COMPLETED', links: { transcript: null } });
      const answer = await client.fetch(`/v1/jobs/${jobId}/transcript?format=txt`);
      expect(answer.status).toBe(410);
      expect(await answer.json()).toMatchObject({ code: 'transcript.removed' });
    }
    await waitFor('nothing to be left on the disk', async () => (await objectsOf(verbatim)).length === 0);
  });
});

async function objectsOf({ dataDir }: Verbatim): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'objects'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
