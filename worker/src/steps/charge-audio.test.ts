import { audioCounterOf, audioWindowSeconds, canceled, newRun } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { aWorkerWithAJob, hello, type WorkerWorld } from '../testing/worker-world.ts';
import { transcribeJob } from '../transcribe-job.ts';

async function work({ ports, stored }: WorkerWorld) {
  const { jobId, run } = await stored();
  const delivery = { messageId: `m-${run}`, signal: new AbortController().signal };
  return transcribeJob({ kind: 'job', jobId, run }, delivery, ports);
}

async function secondsCounted({ counters, job }: WorkerWorld): Promise<number> {
  return (await counters.read(audioCounterOf(job.userId), audioWindowSeconds)).count;
}

async function retry({ jobs, stored, clock, ports }: WorkerWorld): Promise<void> {
  const job = await stored();
  if (!(await jobs.change(job.jobId, newRun(job, 'user', clock.now(), ports.times))))
    throw new Error('no new run');
}

describe("a user's hours of audio", () => {
  it('are counted by what was decoded, in whole seconds, before anything is heard', async () => {
    await using world = await aWorkerWithAJob();
    world.decoder.decodes = async () => ({ durationSeconds: 61.2, channelsDiffer: false, truncated: false });
    let countedBefore = 0;
    world.engine.hears = async () => {
      countedBefore = await secondsCounted(world);
      return hello;
    };

    await work(world);

    expect(countedBefore).toBe(62);
    expect(await world.stored()).toMatchObject({ status: 'COMPLETED', audioCharge: { seconds: 62 } });
  });

  it('are counted once for a job, over failures, redone work and a new run', async () => {
    await using world = await aWorkerWithAJob();
    world.engine.hears = () => Promise.reject(new Error('no luck'));
    for (let attempt = 0; attempt < 4; attempt++) {
      await work(world);
      world.clock.advance(3 * 60 * 60_000);
    }
    expect((await world.stored()).status).toBe('FAILED');

    await retry(world);
    world.engine.hears = async () => hello;
    await work(world);

    expect((await world.stored()).status).toBe('COMPLETED');
    expect(await secondsCounted(world)).toBe(2);
  });

  it('fail a job that does not fit into what is left of them, without hearing it and without a dead letter', async () => {
    await using world = await aWorkerWithAJob();
    world.ports.dailyAudioSeconds = 10;
    await world.counters.addIfBelow(audioCounterOf('ana'), 9, 10, audioWindowSeconds);

    await work(world);

    const job = await world.stored();
    expect(job).toMatchObject({
      status: 'FAILED',
      errorCode: 'quota.exceeded',
      deadLetter: null,
      failures: 1,
    });
    expect(world.engine.inputs).toEqual([]);
    expect(await secondsCounted(world)).toBe(9);
  });

  it('let such a job in when it is retried the next day, and count it then', async () => {
    await using world = await aWorkerWithAJob();
    world.ports.dailyAudioSeconds = 10;
    await world.counters.addIfBelow(audioCounterOf('ana'), 9, 10, audioWindowSeconds);
    await work(world);
    await retry(world);
    await work(world);
    expect((await world.stored()).status).toBe('FAILED');

    world.clock.advance(audioWindowSeconds * 1_000);
    await retry(world);
    await work(world);

    expect((await world.stored()).status).toBe('COMPLETED');
    expect(await secondsCounted(world)).toBe(2);
  });

  it('are not counted of a job that was cancelled while it was decoded', async () => {
    await using world = await aWorkerWithAJob();
    world.decoder.decodes = async () => {
      const job = await world.stored();
      await world.jobs.change(job.jobId, canceled(job, world.clock.now(), world.ports.times));
      return { durationSeconds: 2, channelsDiffer: false, truncated: false };
    };

    await work(world);

    expect(await secondsCounted(world)).toBe(0);
    expect((await world.stored()).audioCharge).toBeNull();
  });

  it('are in favour of the user when the counters do not answer, or the worker dies before it counted', async () => {
    await using world = await aWorkerWithAJob();
    const add = world.counters.addIfBelow.bind(world.counters);
    world.counters.addIfBelow = () => Promise.reject(new Error('away'));
    world.engine.hears = () => Promise.reject(new Error('no luck'));
    await work(world);
    world.counters.addIfBelow = add;
    world.engine.hears = async () => hello;

    world.clock.advance(60 * 60_000);
    await work(world);

    expect((await world.stored()).status).toBe('COMPLETED');
    expect(await secondsCounted(world)).toBe(0);
  });
});
