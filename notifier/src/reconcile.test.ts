import { setTimeout as sleep } from 'node:timers/promises';
import { canceled, claimed, erased, type JobRecord, ObjectMissing, workPrefix } from '@verbatim/domain';
import { bytesOf } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notifyJobFinished } from './notify-job-finished.ts';
import { keepReconciling, reconcile } from './reconcile.ts';
import { aCompletedJob, aFailedJob, aNotifier, noon } from './testing/a-notifier.ts';

const minute = 60_000;
let world: ReturnType<typeof aNotifier>;
beforeEach(() => {
  world = aNotifier();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const running = new AbortController().signal;
const round = () => reconcile(world.ports, running);
const sentJobs = () => world.queue.bodies('transcription');
const announced = () => world.queue.bodies('notification');

/** A job in the hands of a worker that was last heard of now. */
async function processingJob(over: Partial<JobRecord> = {}): Promise<JobRecord> {
  const job = await world.has({ status: 'QUEUED', sends: 1, ...over });
  const claim = claimed(job, { worker: 'w1', messageId: 'm1' }, world.clock.now(), world.ports.times);
  await world.jobs.change(job.jobId, claim);
  return world.job(job.jobId);
}

describe('reconcile', () => {
  it('leaves alone what is not due', async () => {
    const job = await world.has({ dueAt: noon + 1 });
    expect(await round()).toBeNull();
    expect(await world.job(job.jobId)).toEqual(job);
  });

  it('accepts an upload whose event was lost', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    await round();
    expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED', sends: 1 });
    expect(sentJobs()).toEqual([{ kind: 'job', jobId: job.jobId, run: 1 }]);
  });

  it('comes to a job in the same round in which 500 jobs of another user were due before it', {
    timeout: 30_000,
  }, async () => {
    for (let index = 0; index < 500; index++) {
      await world.has({ userId: 'ana', status: 'QUEUED', sends: 1, dueAt: noon - 500 + index });
    }
    const bobs = await world.has({ userId: 'bob', status: 'QUEUED', sends: 1, dueAt: noon });
    await round();
    expect((await world.job(bobs.jobId)).sends).toBe(2);
    expect(sentJobs()).toHaveLength(501);
    // All are due later now: none of them comes before another's turn in the next round.
    expect(await world.jobs.due(world.clock.now(), 1)).toEqual([]);
  });

  it('looks for a missing upload until an hour after its form ended, then lets the job expire', async () => {
    const job = await world.has({ dueAt: noon + minute });
    const looks: number[] = [];
    while ((await world.job(job.jobId)).status === 'PENDING_UPLOAD') {
      const { dueAt } = await world.job(job.jobId);
      world.clock.set(dueAt ?? Number.NaN);
      looks.push((world.clock.now() - noon) / minute);
      await round();
    }
    expect(looks.slice(0, 5)).toEqual([1, 2, 4, 8, 13]);
    expect(looks.at(-1)).toBeGreaterThanOrEqual(75);
    expect(await world.job(job.jobId)).toMatchObject({ status: 'EXPIRED', dueAt: null });
    expect(announced()).toEqual([]);
  });

  it.each([
    ['expires', async () => world.clock.advance(26 * 60 * minute)],
    [
      'is cancelled',
      async (job: JobRecord) => {
        await world.jobs.change(job.jobId, canceled(job, noon, world.ports.times));
        world.clock.advance(minute);
      },
    ],
  ])('removes the parts of an upload whose job %s', async (_, end) => {
    const uploadEndsAt = noon + 24 * 60 * minute;
    const job = await world.has({ multipart: { partSizeBytes: 600, uploadId: null }, uploadEndsAt });
    const upload = {
      key: job.audioKey,
      uploadId: await world.objects.multipart.begin(job.audioKey, 'audio/mpeg'),
    };
    await round();
    expect(await world.objects.multipart.parts(upload), 'while its job waits').toEqual([]);

    await end(job);
    await round();
    await round();

    await expect(world.objects.multipart.parts(upload)).rejects.toThrow(ObjectMissing);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [], dueAt: null });
  });

  it('sends a retry when its time has come', async () => {
    const job = await world.has({ status: 'QUEUED', failures: 1, sends: 0, dueAt: noon + 5 * minute });
    await round();
    expect(sentJobs()).toEqual([]);
    world.clock.advance(5 * minute);
    await round();
    await round();
    expect(sentJobs()).toEqual([{ kind: 'job', jobId: job.jobId, run: 1 }]);
  });

  it('fails a job after 20 sends over days, and has its user told', async () => {
    const job = await world.has({ status: 'QUEUED', sends: 1, dueAt: noon + 2 * minute });
    while ((await world.job(job.jobId)).status === 'QUEUED') {
      world.clock.set((await world.job(job.jobId)).dueAt ?? Number.NaN);
      await round();
    }
    expect(sentJobs()).toHaveLength(19);
    expect(world.clock.now() - noon).toBeGreaterThan(2 * 24 * 60 * minute);
    expect(await world.job(job.jobId)).toMatchObject({
      errorCode: 'job.never_started',
      owes: ['announce', 'signal-dead-letter'],
    });
    expect(announced()).toMatchObject([{ jobId: job.jobId, status: 'FAILED' }]);
    expect(await world.ports.throughput.list(0)).toMatchObject([{ completed: 0, failed: 1 }]);
  });

  it('gives the job of a dead worker to the next one, 5 s after its lease ended', async () => {
    const job = await processingJob();
    world.clock.advance(34_999);
    await round();
    expect(sentJobs()).toEqual([]);
    world.clock.advance(1);
    await round();
    expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED', interruptions: 1, failures: 0 });
    expect(sentJobs()).toHaveLength(1);
  });

  it('lets a job rest that lost worker after worker, then sends it', async () => {
    const job = await processingJob({ interruptions: 6 });
    world.clock.advance(35_000);
    await round();
    expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED', interruptions: 7 });
    expect(sentJobs()).toEqual([]);

    world.clock.advance(15_000);
    await round();
    expect(sentJobs()).toHaveLength(1);
  });

  it('leaves a job to a worker that prolongs its lease at the last moment', async () => {
    const job = await processingJob();
    world.clock.advance(35_000);
    const read = world.jobs.get.bind(world.jobs);
    vi.spyOn(world.jobs, 'get').mockImplementationOnce(async (jobId) => {
      const stale = await read(jobId);
      const until = world.clock.now() + 30_000;
      const lease = job.lease && { ...job.lease, until };
      await world.jobs.change(jobId, { expect: {}, set: { lease, dueAt: until + 5_000 } });
      return stale;
    });
    await round();
    expect((await world.job(job.jobId)).status).toBe('PROCESSING');
    expect(sentJobs()).toEqual([]);
  });

  it('fails a job that lost twenty workers, and has its user told', async () => {
    const job = await processingJob({ interruptions: 19 });
    world.clock.advance(35_000);
    await round();
    expect(await world.job(job.jobId)).toMatchObject({ status: 'FAILED', errorCode: 'worker.lost' });
    expect(sentJobs()).toEqual([]);
    expect(announced()).toHaveLength(1);
  });

  it('repeats an announcement until it is paid', async () => {
    const job = await world.has(aCompletedJob());
    await world.transcribed(job, 'Hello.');
    for (const passed of [1, 1, 2, 4]) {
      world.clock.advance(passed * minute);
      await round();
    }
    expect(announced()).toHaveLength(4);
    await notifyJobFinished(announced()[0] as never, 1, world.ports);
    world.clock.advance(600 * minute);
    await round();
    expect(announced()).toHaveLength(4);
    expect(world.mailer.sent).toHaveLength(1);
  });

  it('signals a dead letter once and still announces the failure', async () => {
    const deadLetter = { reason: 'worker.lost', at: noon };
    const owes = ['announce', 'signal-dead-letter'] as JobRecord['owes'];
    const job = await world.has(aFailedJob({ errorCode: 'worker.lost', deadLetter, owes, dueAt: noon }));
    await round();
    await round();
    const metric = await world.registry.getSingleMetricAsString('verbatim_dead_letters_total');
    expect(metric).toContain('{reason="worker.lost"} 1');
    expect(announced()).toHaveLength(1);
    expect(await world.job(job.jobId)).toMatchObject({ owes: ['announce'], deadLetter });
  });
});

describe('reconcile, for a job that was cut', () => {
  it('tidies away what was kept for the chunks of this run and those before, and nothing of a next one', async () => {
    const job = await world.has({ status: 'CANCELED', run: 2, owes: ['tidy'] });
    const chunk = (run: number) => `${workPrefix(job.userId, job.jobId, run)}chunk-0000.wav`;
    for (const run of [1, 2, 3]) {
      await world.objects.put('transcripts', chunk(run), bytesOf('sound'), { contentType: 'audio/wav' });
    }
    await round();
    expect([...world.objects.objects.keys()]).toEqual([`transcripts/${chunk(3)}`]);
    expect(await world.job(job.jobId)).toMatchObject({ owes: [], dueAt: null });
  });
});

describe('reconcile, for a deleted job', () => {
  it('sends nothing, and leaves nothing, though a late worker wrote after the first removal', async () => {
    const job = await processingJob({ notifyTo: 'ana@example.com', uploadEndsAt: noon });
    await world.uploaded(job);
    await world.jobs.change(job.jobId, erased(job, world.clock.now()));
    const late = [
      ['transcripts', `ana/${job.jobId}/r1-1/transcript.json`],
      ['transcripts', `work/ana/${job.jobId}/1/chunk-0001.json`],
      ['audio', job.audioKey],
    ] as const;
    const options = { contentType: 'application/json' };
    for (const [bucket, key] of late) await world.objects.put(bucket, key, bytesOf('late'), options);
    const other = `ana/${job.jobId}0/r1-1/transcript.json`;
    await world.objects.put('transcripts', other, bytesOf('of another job'), options);

    world.clock.advance(30_000 + minute - 1);
    await round();
    expect(world.jobs.records.size).toBe(1);
    world.clock.advance(1);
    await round();
    expect([...world.objects.objects.keys()]).toEqual([`transcripts/${other}`]);
    expect(world.jobs.records.size).toBe(0);
    expect([...sentJobs(), ...announced(), ...world.mailer.sent]).toEqual([]);
  });

  it('keeps the record until every object is gone', async () => {
    const job = await world.has({ status: 'CANCELED', erase: { at: noon }, owes: ['erase'] });
    world.objects.down = true;
    expect(await round()).toMatchObject({ jobId: job.jobId });
    expect(world.jobs.records.size).toBe(1);
    world.objects.down = false;
    world.clock.advance(minute);
    expect(await round()).toBeNull();
    expect(world.jobs.records.size).toBe(0);
  });
});

describe('reconcile, in trouble', () => {
  it('does no harm in two instances at once', async () => {
    const lost = await Promise.all(
      Array.from({ length: 40 }, () => world.has({ status: 'QUEUED', sends: 1, dueAt: noon })),
    );
    const done = await world.has(aCompletedJob({ dueAt: noon }));
    await Promise.all([round(), round(), round()]);
    expect(sentJobs()).toHaveLength(lost.length);
    expect(announced()).toMatchObject([{ jobId: done.jobId }]);
    for (const { jobId } of lost) expect((await world.job(jobId)).sends).toBe(2);
  });

  it('goes through everything that is due in one round', async () => {
    for (let i = 0; i < 120; i++) await world.has({ status: 'QUEUED', sends: 1, dueAt: noon - i });
    await round();
    expect(sentJobs()).toHaveLength(120);
  });

  it('says so when the table is down, and carries on in the next round', async () => {
    await world.has({ status: 'QUEUED', sends: 1, dueAt: noon });
    world.jobs.down = true;
    expect(await round()).toMatchObject({ error: { code: 'storage.unavailable' } });
    world.jobs.down = false;
    expect(await round()).toBeNull();
    expect(sentJobs()).toHaveLength(1);
  });

  it('helps the others when many jobs cannot be helped', async () => {
    for (let i = 0; i < 60; i++) await world.has({ dueAt: noon - 1 });
    const job = await world.has({ status: 'QUEUED', sends: 1, dueAt: noon });
    world.objects.down = true;
    expect(await round()).toMatchObject({ error: { code: 'storage.unavailable' } });
    expect(sentJobs()).toMatchObject([{ jobId: job.jobId }]);
    expect(await round()).toBeNull();
    world.clock.advance(minute);
    expect(await round()).toMatchObject({ error: { code: 'storage.unavailable' } });
  });

  it('does not count sends that a queue which is down never took', async () => {
    const job = await world.has({ status: 'QUEUED', sends: 1, dueAt: noon });
    world.queue.down = true;
    for (let i = 0; i < 60; i++) {
      await round();
      world.clock.advance(minute);
    }
    expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED', sends: 1 });
    world.queue.down = false;
    expect(await round()).toBeNull();
    expect(sentJobs()).toHaveLength(1);
  });

  it('leaves a job alone that was cancelled between the look and the write', async () => {
    const job = await world.has({ status: 'QUEUED', sends: 1, dueAt: noon });
    const read = world.jobs.get.bind(world.jobs);
    vi.spyOn(world.jobs, 'get').mockImplementationOnce(async (jobId) => {
      const stale = await read(jobId);
      await world.jobs.change(jobId, canceled(job, noon, world.ports.times));
      return stale;
    });
    await round();
    expect((await world.job(job.jobId)).status).toBe('CANCELED');
    expect(sentJobs()).toEqual([]);
  });
});

describe('keepReconciling', () => {
  it('goes round until it is stopped, through an outage that it reports once', async () => {
    const stop = new AbortController();
    const errors = vi.spyOn(world.ports.log, 'error');
    const looks = vi.spyOn(world.jobs, 'due');
    world.jobs.down = true;
    const ended = keepReconciling(1, world.ports, stop.signal);
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(5));
    world.jobs.down = false;
    const job = await world.has({ status: 'QUEUED', sends: 1, dueAt: noon });
    await vi.waitFor(() => expect(sentJobs()).toMatchObject([{ jobId: job.jobId }]));
    expect(errors.mock.calls).toMatchObject([[{ event: 'reconcile.trouble' }]]);
    stop.abort();
    await ended;
  });

  it('ends at once although its next round is far', async () => {
    const stop = new AbortController();
    const looks = vi.spyOn(world.jobs, 'due');
    const ended = keepReconciling(600_000, world.ports, stop.signal);
    await vi.waitFor(() => expect(looks).toHaveBeenCalled());
    stop.abort();
    await Promise.race([ended, sleep(2_000).then(() => Promise.reject(new Error('still going round')))]);
  });
});
