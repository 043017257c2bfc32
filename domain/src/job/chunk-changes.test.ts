import { describe, expect, it } from 'vitest';
import { aJob } from '../testing/builders.ts';
import { InMemoryJobStore } from '../testing/fakes/in-memory-job-store.ts';
import { chunkBeaten, chunkClaimed } from './chunk-changes.ts';
import { newChunk } from './chunk-record.ts';
import { defaultJobTimes as times } from './job-changes.ts';

const now = 1_800_000_100_000;

describe('a chunk in the hands of a worker', () => {
  it('stays with it when it gave a sign of life since the other one looked', async () => {
    const store = new InMemoryJobStore();
    const chunk = newChunk({ startSeconds: 0, durationSeconds: 600, channel: null });
    const job = aJob({ status: 'PROCESSING', fence: 1, chunks: { 0: chunk } });
    await store.create(job);
    const claim = chunkClaimed(job, 0, { worker: 'w1', messageId: 'm1' }, now, times);
    const held = await store.change(job.jobId, claim);
    if (!held) throw new Error('not claimed');

    const takeover = chunkClaimed(held, 0, { worker: 'w2', messageId: 'm2' }, now + 30_001, times);
    const alive = await store.change(
      job.jobId,
      chunkBeaten(held, 0, { audioSecondsDone: 60 }, now + 30_000, times),
    );
    expect(await store.change(job.jobId, takeover)).toBeNull();
    expect(await store.get(job.jobId)).toEqual(alive);
  });
});
