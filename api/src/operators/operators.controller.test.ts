import { describe, expect, it } from 'vitest';
import { anasKey, bobsKey, openTestApp } from '../testing/test-app.ts';

const env = { API_KEYS: `laptop:${anasKey}:ana::operator,phone:${bobsKey}:bob` };

describe('what operators see', () => {
  it('is how much waits in each queue', async () => {
    const { as, platform } = await openTestApp({ env });
    await platform.queue.send('transcription', '{}', { groupId: 'ana' });
    const { body } = await as(anasKey).get('/v1/admin/queues').expect(200);
    expect(body.items).toContainEqual({ queue: 'transcription', visible: 1, inFlight: 0 });
    expect(body.items).toHaveLength(3);
  });

  it('is every worker that was seen of late, and none that is gone', async () => {
    const { as, platform } = await openTestApp({ env });
    const now = platform.clock.now();
    const row = { version: '1', slots: 2, busy: 1, model: 'small', engine: 'whisper-server', startedAt: now };
    await platform.workers.beat({ ...row, workerId: 'w1', realTimeFactor: 0.2, seenAt: now });
    const { body } = await as(anasKey).get('/v1/admin/workers').expect(200);
    expect(body.items).toMatchObject([{ workerId: 'w1', busy: 1, seenAt: new Date(now).toISOString() }]);
    platform.clock.advance(60_000);
    const later = await as(anasKey).get('/v1/admin/workers').expect(200);
    expect(later.body.items).toEqual([]);
  });

  it('is what the workers hear with, whoever of them has it', async () => {
    const { as, platform } = await openTestApp({ env });
    const now = platform.clock.now();
    const row = { version: '1', slots: 2, busy: 1, engine: 'whisper-server', startedAt: now, seenAt: now };
    for (const [workerId, model, realTimeFactor] of [
      ['w1', 'small', 0.2],
      ['w2', 'small', 0.4],
      ['w3', 'base', null],
    ] as const) {
      await platform.workers.beat({ ...row, workerId, model, realTimeFactor });
    }
    const { body } = await as(anasKey).get('/v1/admin/models').expect(200);
    expect(body.items).toEqual([
      {
        model: 'small',
        engine: 'whisper-server',
        workers: 2,
        slots: 4,
        busy: 2,
        realTimeFactor: expect.closeTo(0.3),
      },
      { model: 'base', engine: 'whisper-server', workers: 1, slots: 2, busy: 1, realTimeFactor: null },
    ]);
  });

  it('is what was done by the hour, as far back as is asked for', async () => {
    const { as, platform } = await openTestApp({ env });
    const now = platform.clock.now();
    const done = { completed: 1, audioSeconds: 60, processingSeconds: 6 };
    await platform.throughput.add(now, done);
    await platform.throughput.add(now - 3 * 24 * 3_600_000, { failed: 1 });
    const hours = async (query: string) => {
      const { body } = await as(anasKey).get(`/v1/admin/throughput${query}`).expect(200);
      return body.items;
    };
    expect(await hours('?days=1')).toEqual([
      { ...done, failed: 0, hour: new Date(Math.floor(now / 3_600_000) * 3_600_000).toISOString() },
    ]);
    expect(await hours('')).toHaveLength(2);
    for (const days of ['0', '32', 'x'])
      await as(anasKey).get(`/v1/admin/throughput?days=${days}`).expect(400);
  });

  it.each(['queues', 'workers', 'models', 'throughput'])('is not for users: %s', async (what) => {
    const { as } = await openTestApp({ env });
    await as(bobsKey).get(`/v1/admin/${what}`).expect(403);
  });
});
