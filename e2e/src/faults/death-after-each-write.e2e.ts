import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRecording, type Recording } from './clients/recordings.ts';
import type { ProgramKind } from './system/program.ts';
import { WatchedSystem } from './testing/watched-system.ts';

/** Row 5 of the matrix: the points are found by watching a healthy job, so that none can be forgotten. */
describe('a program that is killed right after a write, whichever write it is', () => {
  let watched: WatchedSystem;
  beforeAll(async () => {
    watched = await WatchedSystem.start();
  }, 120_000);
  afterAll(() => watched[Symbol.asyncDispose]());

  async function diesAfterEach(
    kind: ProgramKind,
    writes: readonly string[],
    recording: Recording,
  ): Promise<void> {
    for (const write of writes) {
      const died = watched.diesAfter(kind, write);
      const [journey] = await Promise.all([watched.job(recording), died]);
      expect(journey, `${kind} died after "${write}"`).toMatchObject({ trouble: null });
      expect(journey.seen.at(-1), `${kind} died after "${write}"`).toMatchObject({
        status: 'COMPLETED',
        // No death of a program is a failure of the job.
        attempt: 1,
      });
    }
  }

  it('leaves one transcript and one mail: a short job, every program', async () => {
    const short = aRecording(1);
    const writes = await watched.healthyJob(short);
    expect(writes.worker).toEqual([
      'job received from transcription',
      'job claimed',
      'peaks.json stored',
      'transcript.txt stored',
      'transcript.json stored',
      'job COMPLETED',
      'job-finished sent to notification',
      'job settled in transcription',
    ]);
    expect(writes.notifier).toEqual(expect.arrayContaining(['mail begun', 'mail sent', 'mail noted']));
    expect(writes.api).toEqual(expect.arrayContaining(['job QUEUED', 'job sent to transcription']));

    // Beside one another, each kind with jobs of its own: whoever dies, and whosever write it was, all jobs have to end.
    const kinds = ['api', 'worker', 'notifier'] as const;
    await Promise.all(kinds.map((kind) => diesAfterEach(kind, writes[kind], short)));
    await watched.settled();
    expect(await watched.violations()).toEqual([]);
  });

  it('leaves one transcript and one mail: a long job, cut into chunks', async () => {
    const long = aRecording(14);
    const { worker } = await watched.healthyJob(long);
    expect(worker).toEqual(
      expect.arrayContaining([
        'debts changed',
        'chunk-0001.wav stored',
        'recording cut',
        'chunk sent to transcription',
        'chunk 1 claimed',
        'chunk-0001.json stored',
        'chunk 1 done',
      ]),
    );
    // What comes before the cut is the same for a short job.
    const fromTheCutOn = worker.slice(worker.indexOf('debts changed'));
    await diesAfterEach('worker', fromTheCutOn, long);
    await watched.settled();
    expect(await watched.violations()).toEqual([]);
  });
});
