import {
  type ChunkRecord,
  chunksToSend,
  type Debt,
  newChunk,
  defaultJobTimes as times,
} from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { nextStep } from './next-step.ts';
import { noon as now } from './testing/a-notifier.ts';

const minute = 60_000;
const due = { createdAt: now - minute, dueAt: now };

describe('nextStep', () => {
  it('waits for a job that is not due, or settled', () => {
    expect(nextStep(aJob({ ...due, dueAt: now + 1 }), now, times)).toEqual({ action: 'wait' });
    expect(nextStep(aJob({ status: 'COMPLETED', dueAt: null }), now, times)).toEqual({ action: 'wait' });
  });

  it('looks for an upload, after twice the time when it is not there, at most after 5 minutes', () => {
    const later = (createdAt: number) =>
      nextStep(aJob({ createdAt, uploadEndsAt: now, dueAt: now }), now, times);
    expect(later(now - minute)).toMatchObject({
      action: 'look_for_upload',
      ifMissing: { set: { dueAt: now + minute } },
    });
    expect(later(now - 3 * minute)).toMatchObject({ ifMissing: { set: { dueAt: now + 3 * minute } } });
    expect(later(now - 30 * minute)).toMatchObject({ ifMissing: { set: { dueAt: now + 5 * minute } } });
  });

  it('lets a job expire an hour after its form ended, not sooner, and only if the file did not come', () => {
    const job = aJob({ ...due, uploadEndsAt: now - 60 * minute });
    expect(nextStep(job, now, times)).toMatchObject({
      action: 'look_for_upload',
      ifMissing: { expect: { status: 'PENDING_UPLOAD' }, set: { status: 'EXPIRED', dueAt: null } },
    });
    expect(nextStep({ ...job, uploadEndsAt: job.uploadEndsAt + 1 }, now, times)).not.toMatchObject({
      ifMissing: { set: { status: 'EXPIRED' } },
    });
  });

  it('sends a retry whose time has come', () => {
    expect(nextStep(aJob({ ...due, status: 'QUEUED', sends: 0 }), now, times)).toMatchObject({
      action: 'send_job',
      change: { expect: { sends: 0 }, set: { sends: 1, dueAt: now + 2 * minute } },
    });
  });

  it('sends a lost message again, each time after twice as long', () => {
    const after = (sends: number) => nextStep(aJob({ ...due, status: 'QUEUED', sends }), now, times);
    expect(after(1)).toMatchObject({ action: 'send_job', change: { set: { dueAt: now + 4 * minute } } });
    expect(after(2)).toMatchObject({ action: 'send_job', change: { set: { dueAt: now + 8 * minute } } });
  });

  it('gives up a job that was sent 20 times and never taken', () => {
    expect(nextStep(aJob({ ...due, status: 'QUEUED', sends: 19 }), now, times).action).toBe('send_job');
    expect(nextStep(aJob({ ...due, status: 'QUEUED', sends: 20 }), now, times)).toMatchObject({
      action: 'give_up',
      change: { set: { status: 'FAILED', errorCode: 'job.never_started' } },
    });
  });

  it('frees a job from a worker whose lease ran out, without counting a failure', () => {
    const job = aJob({ ...due, status: 'PROCESSING', failures: 1, interruptions: 2, fence: 5 });
    expect(nextStep(job, now, times)).toMatchObject({
      action: 'free_job',
      change: { expect: { fence: 5 }, set: { status: 'QUEUED', interruptions: 3, lease: null } },
    });
  });

  it('fails a job that lost its worker for the twentieth time', () => {
    const job = aJob({ ...due, status: 'PROCESSING', interruptions: 19 });
    expect(nextStep(job, now, times)).toMatchObject({
      change: { set: { status: 'FAILED', errorCode: 'worker.lost', interruptions: 20 } },
    });
  });

  describe('for a recording that is cut', () => {
    const slice = { durationSeconds: 600, channel: null };
    const resting = newChunk({ startSeconds: 0, ...slice });
    const lease = { worker: 'w', messageId: 'm', until: now + 20_000 };
    const working = { ...resting, state: 'working' as const, lease };
    const done = { ...resting, state: 'done' as const };
    const job = (chunks: ChunkRecord[], sends = 0) =>
      aJob({ ...due, status: 'PROCESSING', sends, chunks: Object.fromEntries(chunks.entries()) });

    it('sends messages for the chunks that nobody works on', () => {
      const lost = job([done, working, resting], 1);
      expect(chunksToSend(lost, now)).toEqual([2]);
      expect(nextStep(lost, now, times)).toMatchObject({
        action: 'send_chunks',
        change: { expect: { sends: 1 }, set: { sends: 2, dueAt: now + 20_000 } },
      });
    });

    it('takes a chunk from a worker whose lease ran out', () => {
      const gone = { ...working, lease: { ...lease, until: now } };
      expect(chunksToSend(job([done, gone]), now)).toEqual([1]);
    });

    it('waits for the retry of a chunk, and counts nothing as sent until then', () => {
      const failed = { ...resting, failures: 1, retryAt: now + 5 * minute };
      expect(chunksToSend(job([done, failed]), now)).toEqual([]);
      expect(nextStep(job([done, failed], 4), now, times)).toMatchObject({
        action: 'send_chunks',
        change: { set: { sends: 4, dueAt: now + 5 * minute } },
      });
    });

    it('has the job put together when whoever did the last chunk died', () => {
      expect(chunksToSend(job([done, done]), now)).toEqual([1]);
    });

    it('gives the job up when messages for its chunks were never taken', () => {
      expect(nextStep(job([resting], 20), now, times)).toMatchObject({
        action: 'give_up',
        change: { set: { status: 'FAILED', errorCode: 'job.never_started' } },
      });
    });
  });

  it('tidies up what was kept for the chunks', () => {
    const ended = aJob({ ...due, status: 'COMPLETED', owes: ['tidy'] });
    expect(nextStep(ended, now, times)).toMatchObject({
      action: 'tidy',
      change: { set: { owes: [], dueAt: null } },
    });
  });

  it('repeats an owed announcement, less often the older the debt', () => {
    const owing = (finishedAt: number) =>
      nextStep(aJob({ ...due, status: 'COMPLETED', owes: ['announce'], finishedAt }), now, times);
    const again = (dueAt: number) => ({ action: 'announce', change: { set: { dueAt } } });
    expect(owing(now)).toMatchObject(again(now + minute));
    expect(owing(now - 10 * minute)).toMatchObject(again(now + 10 * minute));
    expect(owing(now - 600 * minute)).toMatchObject(again(now + 60 * minute));
  });

  it('signals a dead letter before it repeats the announcement', () => {
    const job = aJob({ ...due, status: 'FAILED', owes: ['announce', 'signal-dead-letter'] });
    expect(nextStep(job, now, times)).toMatchObject({
      action: 'signal_dead_letter',
      change: { set: { owes: ['announce'] } },
    });
  });

  it('leaves a debt that only a newer version knows to that version, and does not forget it', () => {
    const job = aJob({ ...due, status: 'COMPLETED', finishedAt: now, owes: ['summarise' as Debt] });
    expect(nextStep(job, now, times)).toMatchObject({
      action: 'leave',
      change: { set: { dueAt: now + minute } },
    });
  });

  it('settles a final job that owes nothing', () => {
    expect(nextStep(aJob({ ...due, status: 'CANCELED' }), now, times)).toMatchObject({
      action: 'settle',
      change: { set: { dueAt: null } },
    });
  });

  it('erases a deleted job, whatever its status, when its last writer is out, and not before', () => {
    const erase = { at: now };
    for (const status of ['CANCELED', 'COMPLETED', 'FAILED'] as const) {
      const job = aJob({ ...due, status, erase, owes: ['erase'] });
      expect(nextStep(job, now, times)).toEqual({ action: 'erase' });
      expect(nextStep({ ...job, erase: { at: now + 1 } }, now, times)).toEqual({ action: 'wait' });
    }
  });
});
