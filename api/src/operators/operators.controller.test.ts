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

  it.each(['queues', 'workers'])('is not for users: %s', async (what) => {
    const { as } = await openTestApp({ env });
    await as(bobsKey).get(`/v1/admin/${what}`).expect(403);
  });
});
