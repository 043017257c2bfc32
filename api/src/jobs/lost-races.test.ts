import { defaultJobTimes, type JobRecord, type JobStore } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { AudioBudget } from '../quotas/audio-budget.ts';
import { OpenJobLimit } from '../quotas/open-job-limit.ts';
import { fakePlatform } from '../testing/test-app.ts';
import { announceUpload } from './announce-upload.ts';
import { cancelJob } from './cancel-job.ts';
import { deleteJob } from './delete-job.ts';
import type { JobPorts } from './job-ports.ts';
import { retryJob } from './retry-job.ts';

const ana = { userId: 'ana', email: null, operator: false, keyName: 'laptop' };

/** Ports around one job that moves on, once, between being read and being written. */
async function overtakenBy(change: Partial<JobRecord>, job: JobRecord) {
  const platform = fakePlatform();
  await platform.jobs.create(job);
  await platform.objects.put('audio', job.audioKey, new Uint8Array(9), { contentType: 'audio/mpeg' });
  const write: JobStore['change'] = platform.jobs.change.bind(platform.jobs);
  let overtaken = false;
  platform.jobs.change = async (jobId, wanted) => {
    if (!overtaken) await write(jobId, { expect: {}, set: change });
    overtaken = true;
    return write(jobId, wanted);
  };
  const ports: JobPorts = {
    ...platform,
    times: defaultJobTimes,
    openJobLimit: new OpenJobLimit(platform, null),
    audioBudget: new AudioBudget(platform.counters, platform.clock, null),
    maxUploadBytes: 1000,
    uploadPartBytes: 8 * 2 ** 20,
    defaultNotifyTo: null,
    onDelay: () => {},
  };
  return { platform, ports, stored: () => platform.jobs.get(job.jobId) };
}

describe('a write that comes too late is decided anew', () => {
  it('cancels a job that a worker claimed meanwhile', async () => {
    const job = aJob({ status: 'QUEUED' });
    const { ports } = await overtakenBy({ status: 'PROCESSING', fence: 1 }, job);
    expect((await cancelJob(job.jobId, ana, ports)).status).toBe('CANCELED');
  });

  it('does not cancel a job that was completed meanwhile', async () => {
    const job = aJob({ status: 'PROCESSING' });
    const { ports, stored } = await overtakenBy({ status: 'COMPLETED' }, job);
    await expect(cancelJob(job.jobId, ana, ports)).rejects.toMatchObject({ code: 'job.already_finished' });
    expect((await stored())?.status).toBe('COMPLETED');
  });

  it('does not retry a job that was retried meanwhile', async () => {
    const job = aJob({ status: 'FAILED', errorCode: 'engine.crashed', audioEtag: 'e' });
    const { ports, platform } = await overtakenBy({ status: 'QUEUED', run: 2 }, job);
    await expect(retryJob(job.jobId, ana, ports)).rejects.toMatchObject({ code: 'job.not_failed' });
    expect(platform.queue.messages).toEqual([]);
  });

  it('deletes a job that was retried meanwhile, and the new run with it', async () => {
    const job = aJob({ status: 'FAILED', errorCode: 'engine.crashed', audioEtag: 'e' });
    const { ports, stored } = await overtakenBy({ status: 'QUEUED', run: 2 }, job);
    await deleteJob(job.jobId, ana, ports);
    expect(await stored()).toMatchObject({ run: 3, status: 'CANCELED', owes: ['erase'] });
  });

  it('knows no job that was deleted meanwhile', async () => {
    const job = aJob({ status: 'QUEUED' });
    const { ports } = await overtakenBy({ erase: { at: 1 }, run: 2 }, job);
    await expect(cancelJob(job.jobId, ana, ports)).rejects.toMatchObject({ code: 'job.unknown' });
  });

  it('does not queue a job that was cancelled meanwhile', async () => {
    const job = aJob({ status: 'PENDING_UPLOAD' });
    const { ports, platform } = await overtakenBy({ status: 'CANCELED' }, job);
    expect((await announceUpload(job.jobId, ana, ports)).status).toBe('CANCELED');
    expect(platform.queue.messages).toEqual([]);
  });
});
