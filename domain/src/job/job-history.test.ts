import { describe, expect, it } from 'vitest';
import type { JobChange } from '../ports/job-store.ts';
import { aJob } from '../testing/builders.ts';
import { InMemoryJobStore } from '../testing/fakes/in-memory-job-store.ts';
import { audio, me, result } from '../testing/life-of-a-job.ts';
import { chunkClaimed, chunkDone, chunkFailed, chunkInterrupted, cut } from './chunk-changes.ts';
import { newChunk } from './chunk-record.ts';
import {
  acceptedUpload,
  canceled,
  claimed,
  completed,
  expired,
  failedAttempt,
  givenUp,
  interrupted,
  newRun,
  defaultJobTimes as times,
} from './job-changes.ts';
import { toJobHistory } from './job-history.ts';
import type { JobRecord } from './job-record.ts';

const start = 1_800_000_000_000;
const other = { worker: 'w2', messageId: 'm2' };

/** A job in a store, led from change to change, a second after each other. */
async function aLife(job: JobRecord = aJob({ createdAt: start })) {
  const jobs = new InMemoryJobStore();
  await jobs.create(job);
  let now = start;
  return {
    jobs,
    async next(change: (job: JobRecord, now: number) => JobChange): Promise<JobRecord> {
      now += 1_000;
      const read = (await jobs.get(job.jobId)) ?? job;
      const saved = await jobs.change(job.jobId, change(read, now));
      if (!saved) throw new Error('refused');
      return saved;
    },
    async story(): Promise<string[]> {
      const { items } = toJobHistory((await jobs.get(job.jobId)) ?? job);
      return items.map((item) =>
        [item.event, item.chunk, item.from && `${item.from}>${item.to}`, item.fence, item.worker, item.code]
          .filter((fact) => fact !== null)
          .join(' '),
      );
    },
  };
}

const accept = (job: JobRecord, now: number) => acceptedUpload(job, audio, now, times);
const claim = (by: typeof me) => (job: JobRecord, now: number) => claimed(job, by, now, times);
const complete = (job: JobRecord, now: number) => completed(job, result, 60, now, times);
const retry = (job: JobRecord, now: number) => newRun(job, 'user', now, times);
const cutIn = (count: number) => (job: JobRecord, now: number) => {
  const chunks = Array.from({ length: count }, (_, index) =>
    newChunk({ startSeconds: 600 * index, durationSeconds: 600, channel: null }),
  );
  return cut(
    job,
    { chunks, durationSeconds: 600 * count, detectedLanguage: null, truncated: false },
    now,
    times,
  );
};
const claimChunk = (index: number, by: typeof me) => (job: JobRecord, now: number) =>
  chunkClaimed(job, index, by, now, times);
const endChunk = (index: number) => (job: JobRecord, now: number) => chunkDone(job, index, now, times);

describe('the history of a job', () => {
  it('tells each move, in order: from where to where, by which claim, and why', async () => {
    const life = await aLife();
    await life.next(accept);
    await life.next(claim(me));
    await life.next((job, now) => failedAttempt(job, 'engine.crashed', now, times));
    await life.next(claim(me));
    await life.next((job, now) => interrupted(job, now, times));
    await life.next(claim(me));
    await life.next(claim(other));
    await life.next((job, now) => givenUp(job, 'engine.refused', now, times));
    await life.next(retry);
    await life.next(claim(me));
    await life.next(complete);

    expect(await life.story()).toEqual([
      'job.created 0',
      'job.upload_accepted PENDING_UPLOAD>QUEUED 0',
      'job.claimed QUEUED>PROCESSING 1 w1',
      'job.attempt_failed PROCESSING>QUEUED 1 engine.crashed',
      'job.claimed QUEUED>PROCESSING 2 w1',
      'job.interrupted PROCESSING>QUEUED 2',
      'job.claimed QUEUED>PROCESSING 3 w1',
      'job.taken_over PROCESSING>PROCESSING 4 w2',
      'job.given_up PROCESSING>FAILED 4 engine.refused',
      'job.retried FAILED>QUEUED 4',
      'job.claimed QUEUED>PROCESSING 5 w1',
      'job.completed PROCESSING>COMPLETED 5',
    ]);
  });

  it('counts the run, its failures and its interruptions, and says when', async () => {
    const life = await aLife();
    await life.next(accept);
    await life.next(claim(me));
    await life.next((job, now) => failedAttempt(job, 'engine.crashed', now, times));
    await life.next(claim(me));
    await life.next(claim(other));
    await life.next((job, now) => failedAttempt(job, 'audio.unreadable', now, times));
    const { items } = toJobHistory(await life.next(retry));

    const counts = items.map(({ run, failures, interruptions }) => [run, failures, interruptions]);
    expect(counts).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 1],
      [1, 2, 1],
      [2, 0, 0],
    ]);
    expect(items[1]?.at).toBe(new Date(start + 1_000).toISOString());
  });

  it('names an operator’s replay apart from a user’s retry', async () => {
    const life = await aLife(aJob({ status: 'FAILED' }));
    await life.next((job, now) => newRun(job, 'operator', now, times));
    expect((await life.story()).at(-1)).toBe('job.replayed FAILED>QUEUED 0');
  });

  it.each([
    ['canceled', canceled],
    ['expired', expired],
  ])('tells that it was %s', async (name, change) => {
    const life = await aLife();
    await life.next((job, now) => change(job, now, times));
    expect((await life.story()).at(-1)).toBe(`job.${name} PENDING_UPLOAD>${name.toUpperCase()} 0`);
  });

  it('holds only the moves that were saved, when many are tried at once', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    const job = await life.jobs.get([...life.jobs.records.keys()][0] ?? '');
    if (!job) throw new Error('no job');
    const rivals = Array.from({ length: 10 }, (_, i) => ({ worker: `w${i}`, messageId: `m${i}` }));

    await Promise.all(rivals.map((by) => life.jobs.change(job.jobId, claimed(job, by, start, times))));

    expect((await life.story()).filter((line) => line.startsWith('job.claimed'))).toHaveLength(1);
  });

  it('stays short: the first ones, the last ones, and how many are missing', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    let job = await life.next(claim(me));
    for (let i = 0; i < 200; i++) {
      job = await life.next((read, now) => ({
        ...claimed({ ...read, interruptions: 0 }, me, now, times),
        expect: {},
      }));
    }

    const { items, dropped } = toJobHistory(job);
    expect(items).toHaveLength(50);
    expect(dropped).toBe(152);
    expect(items.map(({ fence }) => fence)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => i),
      ...Array.from({ length: 40 }, (_, i) => 162 + i),
    ]);
    expect(JSON.stringify(job.history).length).toBeLessThan(8_000);
  });
});

describe('the history of a job that was cut', () => {
  it('tells of its chunks too, while they are worked on and when they are gone', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    await life.next(claim(me));
    await life.next(cutIn(2));
    await life.next(claimChunk(0, me));
    await life.next(claimChunk(1, other));
    await life.next((job, now) => chunkFailed(job, 1, 'engine.crashed', now, times));
    await life.next(endChunk(0));
    await life.next(claimChunk(1, me));
    await life.next(claimChunk(1, other));
    await life.next((job, now) => chunkInterrupted(job, 1, now, times));
    await life.next(claimChunk(1, me));
    await life.next(endChunk(1));

    const story = [
      'job.created 0',
      'job.claimed QUEUED>PROCESSING 1 w1',
      'job.cut PROCESSING>PROCESSING 1',
      'chunk.claimed 0 1 w1',
      'chunk.claimed 1 1 w2',
      'chunk.attempt_failed 1 1 engine.crashed',
      'chunk.completed 0 1',
      'chunk.claimed 1 2 w1',
      'chunk.taken_over 1 3 w2',
      'chunk.interrupted 1 3',
      'chunk.claimed 1 4 w1',
      'chunk.completed 1 4',
    ];
    expect(await life.story()).toEqual(story);
    const done = await life.next(complete);
    expect(await life.story()).toEqual([...story, 'job.completed PROCESSING>COMPLETED 1']);
    expect(done.chunks).toEqual({});
  });

  it('says which chunk made it fail, and begins anew in the next run', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    await life.next(claim(me));
    await life.next(cutIn(2));
    await life.next(claimChunk(1, me));
    await life.next((job, now) => chunkFailed(job, 1, 'engine.refused', now, times));
    await life.next(retry);
    await life.next(claim(me));
    await life.next(cutIn(2));
    await life.next(claimChunk(1, me));

    expect((await life.story()).slice(3)).toEqual([
      'chunk.claimed 1 1 w1',
      'job.given_up 1 PROCESSING>FAILED 1 engine.refused',
      'job.retried FAILED>QUEUED 1',
      'job.claimed QUEUED>PROCESSING 2 w1',
      'job.cut PROCESSING>PROCESSING 2',
      'chunk.claimed 1 1 w1',
    ]);
    const job = [...life.jobs.records.values()][0] as JobRecord;
    expect(toJobHistory(job).items.map(({ run }) => run)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('keeps the order of each chunk even where the clocks of its workers disagree', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    await life.next(claim(me));
    await life.next(cutIn(1));
    await life.next((job, now) => chunkClaimed(job, 0, me, now + 3_600_000, times));
    await life.next(claimChunk(0, other));
    await life.next(endChunk(0));

    expect((await life.story()).slice(3)).toEqual([
      'chunk.claimed 0 1 w1',
      'chunk.taken_over 0 2 w2',
      'chunk.completed 0 2',
    ]);
  });

  it('stays short with many chunks, each of which had a hard time', async () => {
    const life = await aLife(aJob({ status: 'QUEUED' }));
    await life.next(claim(me));
    await life.next(cutIn(40));
    for (let index = 0; index < 40; index++) {
      for (let again = 0; again < 10; again++) await life.next(claimChunk(index, me));
      await life.next(endChunk(index));
    }

    const job = await life.next(complete);
    const { items, dropped } = toJobHistory(job);
    expect(items.filter(({ event }) => event.startsWith('chunk.'))).toHaveLength(100);
    expect(items.length + dropped).toBe(4 + 40 * 11);
    expect(items.at(-1)?.event).toBe('job.completed');
    expect(JSON.stringify(job.history).length).toBeLessThan(15_000);
  });
});
