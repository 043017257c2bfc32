import { tmpdir } from 'node:os';
import { StorageUnavailable } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { fakePlatform, openTestApp } from '../testing/test-app.ts';

const worker = {
  workerId: 'w1',
  version: '0.1.0',
  slots: 2,
  busy: 1,
  model: 'demo',
  engine: 'whisper-server',
  realTimeFactor: null,
  startedAt: 0,
};

describe('/health', () => {
  it('is live as long as the process answers', async () => {
    const platform = fakePlatform();
    platform.jobs.down = true;
    const { as } = await openTestApp({ platform });
    await as().get('/health/live').expect(200);
  });

  it('is ready when table and storage answer, and tells who works with what', async () => {
    const { as, platform } = await openTestApp();
    await platform.workers.beat({ ...worker, seenAt: platform.clock.now() });
    await platform.workers.beat({ ...worker, workerId: 'gone', seenAt: platform.clock.now() - 60_000 });
    await platform.queue.send('transcription', '{}', { groupId: 'ana' });
    const { body } = await as().get('/health/ready').expect(200);
    expect(body.status).toBe('ok');
    expect(body.details).toMatchObject({
      table: { status: 'up' },
      storage: { status: 'up' },
      queue: { transcription: { visible: 1, inFlight: 0 } },
      workers: {
        count: 1,
        slots: 2,
        busy: 1,
        models: ['demo'],
        engines: ['whisper-server'],
        demo: true,
        simulated: false,
      },
    });
  });

  it('tells how full the disk is, where everything is kept on one', async () => {
    const { as } = await openTestApp({ platform: { ...fakePlatform(), dataFolder: tmpdir() } });
    const { body } = await as().get('/health/ready').expect(200);
    expect(body.details.disk).toMatchObject({ status: 'up', usedRatio: expect.any(Number) });
    expect(body.details.disk.state).toMatch(/^(roomy|filling|full)$/);
    expect((await as().get('/metrics')).text).toMatch(/^verbatim_disk_used_ratio\{disk="data"\} 0\.\d+$/m);
  });

  it.each(['jobs', 'objects'] as const)('is not ready without %s', async (port) => {
    const platform = fakePlatform();
    platform[port].ping = () => Promise.reject(new StorageUnavailable('host db.internal refused'));
    const { as } = await openTestApp({ platform });
    const answer = await as().get('/health/ready').expect(503);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body.code).toBe('health.not_ready');
    const name = port === 'jobs' ? 'table' : 'storage';
    expect(answer.body.details.error).toEqual({ [name]: { status: 'down', code: 'storage.unavailable' } });
    expect(answer.text).not.toContain('db.internal');
  });

  it('stays green without a queue or workers', async () => {
    const platform = fakePlatform();
    platform.queue.down = true;
    const { as } = await openTestApp({ platform });
    const { body } = await as().get('/health/ready').expect(200);
    expect(body.details).toMatchObject({ queue: { status: 'degraded' }, workers: { count: 0, demo: false } });
  });
});
