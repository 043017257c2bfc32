import { signDownloadLink } from '@verbatim/adapters';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { anasKey, openTestApp } from '../testing/test-app.ts';

async function openWithResult() {
  const opened = await openTestApp();
  const job = aJob({ userId: 'ana', status: 'COMPLETED', fileName: 'meeting.mp3' });
  const transcriptKey = `ana/${job.jobId}/r1-1/transcript.json`;
  const result = {
    version: 'r1-1',
    transcriptKey,
    language: 'en',
    confidence: 1,
    model: 'm',
    warnings: [],
    measures: null,
  };
  await opened.platform.jobs.create({ ...job, result });
  const expiresAt = opened.platform.clock.now() + 24 * 60 * 60_000;
  const linkFor = (run: number) =>
    `/d/${signDownloadLink({ jobId: job.jobId, run, expiresAt }, opened.linkSecret)}`;
  return { ...opened, job, link: linkFor(1), linkFor };
}

describe('GET /d/{token}', () => {
  it('redirects to the text for 24 hours, without a key', async () => {
    const { as, link, platform, job } = await openWithResult();
    platform.clock.advance(24 * 60 * 60_000 - 1);
    const { headers } = await as().get(link).expect(302);
    expect(headers['location']).toContain(`transcripts/ana/${job.jobId}/r1-1/transcript.txt`);
    expect(headers['cache-control']).toBe('no-store');
    await as().head(link).expect(302);
    platform.clock.advance(1);
    const { body } = await as().get(link).expect(410);
    expect(body.code).toBe('link.expired');
  });

  it('says that the transcript was removed when its time was over', async () => {
    const { as, link, platform, job } = await openWithResult();
    await platform.jobs.change(job.jobId, { expect: {}, set: { transcriptRemovedAt: 1 } });
    const { body } = await as().get(link).expect(410);
    expect(body.code).toBe('transcript.removed');
  });

  it('leads nowhere once the job is deleted', async () => {
    const { as, link, job } = await openWithResult();
    await as(anasKey).delete(`/v1/jobs/${job.jobId}`).expect(204);
    const { body } = await as().get(link).expect(404);
    expect(body.code).toBe('link.unknown');
  });

  it('leads nowhere for another run, and when it was not signed by us', async () => {
    const { as, link, linkFor } = await openWithResult();
    for (const path of [
      linkFor(2),
      link.replace('.1.', '.2.'),
      `${link}x`,
      '/d/x',
      `/d/${'a'.repeat(5000)}`,
    ]) {
      const { body } = await as().get(path).expect(404);
      expect(body.code).toBe('link.unknown');
    }
  });
});
