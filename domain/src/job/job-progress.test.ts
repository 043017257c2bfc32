import { describe, expect, it } from 'vitest';
import { aJob } from '../testing/builders.ts';
import { type ChunkRecord, newChunk } from './chunk-record.ts';
import { progressOf } from './job-progress.ts';
import type { JobRecord } from './job-record.ts';

const now = 1_800_000_000_000;
const around = { now, waiting: null, recentRealTimeFactor: null };

function chunk(over: Partial<ChunkRecord>): ChunkRecord {
  return { ...newChunk({ startSeconds: 0, durationSeconds: 600, channel: null }), ...over };
}

/** A minute into a recording of an hour. */
function processing(over: Partial<JobRecord> = {}): JobRecord {
  return aJob({
    status: 'PROCESSING',
    phase: 'transcribing',
    startedAt: now - 60_000,
    dueAt: now + 25_000,
    durationSeconds: 3600,
    audioSecondsDone: 600,
    ...over,
  });
}

describe('the progress of a job', () => {
  it('adds up the chunks of one that was cut', () => {
    const chunks = {
      0: chunk({ state: 'done', audioSecondsDone: 600 }),
      1: chunk({ state: 'working', audioSecondsDone: 120.5 }),
      2: chunk({}),
    };
    expect(progressOf(processing({ durationSeconds: 1800, chunks }), around)).toMatchObject({
      audioSecondsDone: 720.5,
      audioSecondsTotal: 1800,
      percent: 40,
      chunksDone: 1,
      chunksTotal: 3,
    });
  });

  it('counts a second once that is heard for each of two speakers', () => {
    const chunks = {
      0: chunk({ channel: 0, state: 'done', audioSecondsDone: 600 }),
      1: chunk({ channel: 1, audioSecondsDone: 300 }),
    };
    expect(progressOf(processing({ durationSeconds: 600, chunks }), around)).toMatchObject({
      audioSecondsDone: 450,
      percent: 75,
    });
  });

  it('speaks of no chunks where there are none', () => {
    expect(progressOf(processing(), around)).toMatchObject({ chunksDone: null, chunksTotal: null });
  });
});

describe('the time left', () => {
  it("goes by the job's own pace", () => {
    expect(progressOf(processing(), around).estimate).toEqual({ secondsLeft: 300, basis: 'this job' });
  });

  it('goes by recent jobs as long as this one has shown no pace', () => {
    const recent = { ...around, recentRealTimeFactor: 0.25 };
    const starting = processing({ audioSecondsDone: 0 });
    expect(progressOf(starting, recent).estimate).toEqual({ secondsLeft: 900, basis: 'recent jobs' });
    const atItsSecondGo = processing({ interruptions: 1 });
    expect(progressOf(atItsSecondGo, recent).estimate).toEqual({ secondsLeft: 750, basis: 'recent jobs' });
  });

  it.each([
    ['nothing is done yet', { audioSecondsDone: 0 }],
    ['the recording was not read yet', { durationSeconds: null, audioSecondsDone: 0 }],
    ['the time since its start holds a wait for a retry', { failures: 1 }],
    ['nobody works on it', { dueAt: now - 1 }],
    ['it waits', { status: 'QUEUED' as const }],
    ['it has ended', { status: 'COMPLETED' as const }],
  ])('is not known while %s', (_, over) => {
    expect(progressOf(processing(over), around).estimate).toBeNull();
  });
});

describe('the place in the queue', () => {
  it('is at most behind all others that wait', () => {
    const queued = aJob({ status: 'QUEUED', sends: 1 });
    expect(progressOf(queued, { ...around, waiting: 5 }).queuePosition).toEqual({ atMost: 4 });
    expect(progressOf(queued, { ...around, waiting: 0 }).queuePosition).toEqual({ atMost: 0 });
  });

  it('is not known of a queue that does not answer, of one that waits for its retry, and of one at work', () => {
    expect(progressOf(aJob({ status: 'QUEUED', sends: 1 }), around).queuePosition).toBeNull();
    const waitsForRetry = aJob({ status: 'QUEUED', sends: 0 });
    expect(progressOf(waitsForRetry, { ...around, waiting: 5 }).queuePosition).toBeNull();
    expect(progressOf(processing(), { ...around, waiting: 5 }).queuePosition).toBeNull();
  });
});

it('is stalled once no beat has come for longer than a lease', () => {
  expect(progressOf(processing(), around).stalled).toBe(false);
  expect(progressOf(processing({ dueAt: now - 1 }), around).stalled).toBe(true);
  expect(progressOf(aJob({ status: 'QUEUED', dueAt: now - 1 }), around).stalled).toBe(false);
});
