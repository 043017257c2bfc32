import { sendJob } from '@verbatim/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consumeTranscriptions } from './consume-transcriptions.ts';
import { aWorkerWithAJob, hello, type WorkerWorld } from './testing/worker-world.ts';

describe('a worker that is asked to stop again and again in the middle of one job', () => {
  let world: WorkerWorld;
  beforeEach(async () => {
    world = await aWorkerWithAJob();
    // The reconciler is not here to end a rest.
    world.ports.times.restsMs = [0];
    await sendJob(world.job, world.queue);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  async function stopInTheMiddle(times: number): Promise<void> {
    for (let stops = 0; stops < times; stops += 1) {
      const begun = world.engine.hangs();
      const consumer = consumeTranscriptions(world.ports);
      await begun;
      await consumer.stop({ graceMs: 0 });
    }
  }

  it('nineteen times: it is done in the end, and none of them was a failure', async () => {
    await stopInTheMiddle(19);
    expect(await world.stored()).toMatchObject({ status: 'QUEUED', interruptions: 19, failures: 0 });

    world.engine.hears = async () => hello;
    const consumer = consumeTranscriptions(world.ports);
    await expect.poll(async () => (await world.stored()).status).toBe('COMPLETED');
    await consumer.stop({ graceMs: 0 });
    expect(await world.stored()).toMatchObject({ failures: 0, fence: 20 });
  });

  it('twenty times: it is given up for want of a worker that stays, not for a failure', async () => {
    await stopInTheMiddle(20);
    expect(await world.stored()).toMatchObject({ status: 'FAILED', errorCode: 'worker.lost', failures: 0 });
    expect(await world.throughput.list(0)).toMatchObject([{ completed: 0, failed: 1 }]);
  });
});

it('a worker sets a message that it can’t read aside after one look, and goes on with the next', async () => {
  await using world = await aWorkerWithAJob();
  await world.queue.send('transcription', '{"kind":"job","jobId":7}', { groupId: 'x' });
  await sendJob(world.job, world.queue);

  const consumer = consumeTranscriptions(world.ports);
  await expect.poll(async () => (await world.stored()).status).toBe('COMPLETED');
  await consumer.stop({ graceMs: 0 });

  expect(world.queue.dead).toMatchObject([{ queue: 'transcription', reason: 'message.undecodable' }]);
  expect(world.queue.bodies('transcription')).toEqual([]);
});
