import { audioKeyOf, defaultJobTimes, type JobRecord, type JobTimes, jobPrefix } from '@verbatim/domain';
import { bytesOf } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { reconcile } from './reconcile.ts';
import { RetentionWalk } from './retention-walk.ts';
import { aCompletedJob, aNotifier, noon } from './testing/a-notifier.ts';

const day = 24 * 60 * 60_000;
const running = new AbortController().signal;

/** A notifier that keeps recordings for a day and transcripts for two. */
function aForgetfulNotifier() {
  const world = aNotifier();
  const times: JobTimes = { ...defaultJobTimes, retention: { audioMs: day, transcriptMs: 2 * day } };
  const ports = { ...world.ports, times };
  const keep = async (job: JobRecord) => {
    await world.jobs.create(job);
    const prefix = jobPrefix(job.userId, job.jobId);
    await world.uploaded(job);
    for (const name of ['peaks.json', 'r1-1/transcript.json', 'r1-1/transcript.txt']) {
      await world.objects.put('transcripts', `${prefix}${name}`, bytesOf('x'), { contentType: 'text/plain' });
    }
    return job;
  };
  const left = async (job: JobRecord) => {
    const prefix = jobPrefix(job.userId, job.jobId);
    const keys = [
      ['audio', job.audioKey],
      ['transcripts', `${prefix}peaks.json`],
      ['transcripts', `${prefix}r1-1/transcript.json`],
      ['transcripts', `${prefix}r1-1/transcript.txt`],
    ] as const;
    const there = await Promise.all(keys.map(([bucket, key]) => world.objects.head(bucket, key)));
    return there.filter((object) => object !== null).length;
  };
  return { ...world, ports, keep, left, round: () => reconcile(ports, running) };
}

const settledJob = (over: Partial<JobRecord> = {}) => aCompletedJob({ owes: [], dueAt: noon + day, ...over });

/** Settled before there was retention. */
function anotherJob(i: number): JobRecord {
  const jobId = `job_${String(i).padStart(32, '0')}`;
  return settledJob({ jobId, audioKey: audioKeyOf('ana', jobId, 'mp3'), dueAt: null });
}

describe('retention', () => {
  it('removes the recording and its outline first, the transcript later, and keeps the job', async () => {
    const world = aForgetfulNotifier();
    const job = await world.keep(settledJob());

    await world.round();
    expect(await world.left(job)).toBe(4);

    world.clock.advance(day);
    await world.round();
    expect(await world.left(job)).toBe(2);
    expect(await world.job(job.jobId)).toMatchObject({
      status: 'COMPLETED',
      audioRemovedAt: noon + day,
      transcriptRemovedAt: null,
      dueAt: noon + 2 * day,
    });

    world.clock.advance(day);
    await world.round();
    expect(await world.left(job)).toBe(0);
    expect(await world.job(job.jobId)).toMatchObject({ transcriptRemovedAt: noon + 2 * day, dueAt: null });
    expect(await world.round(), 'and that is all').toBeNull();
  });

  it('removes again what was cut short by a crash or by storage that was down', async () => {
    const world = aForgetfulNotifier();
    const job = await world.keep(settledJob());
    world.clock.advance(day);
    world.objects.down = true;
    expect(await world.round()).toMatchObject({ jobId: job.jobId });
    expect(await world.job(job.jobId)).toMatchObject({ audioRemovedAt: noon + day });

    world.objects.down = false;
    world.clock.advance(60_000);
    await world.round();
    expect(await world.left(job)).toBe(2);
    expect(await world.job(job.jobId)).toMatchObject({ dueAt: noon + 2 * day });
  });

  it('finds jobs that were settled before it was set, a page a round', async () => {
    const world = aForgetfulNotifier();
    const old = await Promise.all(Array.from({ length: 300 }, (_, i) => world.keep(anotherJob(i))));
    const failed = await world.keep({ ...anotherJob(300), status: 'FAILED', result: null });
    const walk = new RetentionWalk(world.ports);
    world.clock.advance(2 * day);

    await walk.goOn();
    await world.round();
    const half = await Promise.all(old.map(world.left));
    expect(half.filter((count) => count === 0)).toHaveLength(250);

    await walk.goOn();
    await world.round();
    expect(new Set(await Promise.all(old.map(world.left)))).toEqual(new Set([0]));
    expect(await world.job(failed.jobId)).toMatchObject({ audioRemovedAt: noon + 2 * day, dueAt: null });
  });

  it('goes through the table once and rests for a day, and not at all where nothing is set', async () => {
    const world = aForgetfulNotifier();
    let walks = 0;
    const counted = (times: typeof world.ports.times) => {
      const jobs = Object.create(world.jobs) as typeof world.jobs;
      jobs.walk = async (query) => {
        walks++;
        return world.jobs.walk(query);
      };
      return new RetentionWalk({ ...world.ports, jobs, times });
    };
    const never = counted(defaultJobTimes);
    await never.goOn();
    expect(walks).toBe(0);

    const walk = counted(world.ports.times);
    for (let round = 0; round < 5; round++) await walk.goOn();
    expect(walks).toBe(1);
    world.clock.advance(day);
    await walk.goOn();
    expect(walks).toBe(2);
  });
});
