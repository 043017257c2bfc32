import { aJob, bytesOf } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptUploads, consumeUploads } from './consume-uploads.ts';
import { aNotifier, noon } from './testing/a-notifier.ts';

function s3Event(...keys: string[]): string {
  const record = (key: string) => ({ eventName: 'ObjectCreated:Post', s3: { object: { key } } });
  return JSON.stringify({ Records: keys.map(record) });
}

function delivery(body: string, receives = 1) {
  return { body, receives, messageId: 'm1' };
}

describe('acceptUploads', () => {
  let world: ReturnType<typeof aNotifier>;
  beforeEach(() => {
    world = aNotifier();
  });
  const sent = () => world.queue.bodies('transcription');

  it('queues the job of an uploaded file and tells the workers', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    expect(await acceptUploads(delivery(s3Event(job.audioKey)), world.ports)).toBe('done');
    expect((await world.job(job.jobId)).status).toBe('QUEUED');
    expect(sent()).toEqual([{ kind: 'job', jobId: job.jobId, run: 1 }]);
  });

  it('understands the shape of EventBridge too', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    const body = JSON.stringify({
      'detail-type': 'Object Created',
      detail: { object: { key: job.audioKey } },
    });
    expect(await acceptUploads(delivery(body), world.ports)).toBe('done');
    expect(sent()).toHaveLength(1);
  });

  it('starts one run, however often and at once the event comes', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    const event = delivery(s3Event(job.audioKey, job.audioKey));
    await Promise.all(Array.from({ length: 10 }, () => acceptUploads(event, world.ports)));
    expect(await acceptUploads(event, world.ports)).toBe('done');
    expect(sent()).toHaveLength(1);
  });

  it('takes no notice of events that come late or in another order than what they tell of', async () => {
    // Given a job whose file was put twice, accepted as it is now, and done
    const job = await world.has({});
    await world.uploaded(job);
    const event = (sequencer: string) => {
      const s3 = { object: { key: job.audioKey, eTag: 'an older one', sequencer } };
      return delivery(JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] }));
    };
    await acceptUploads(event('0055AED6DCD90281E6'), world.ports);
    const accepted = await world.job(job.jobId);
    await world.jobs.change(job.jobId, { expect: {}, set: { status: 'COMPLETED' } });

    // When the event of the first put comes after that of the second
    expect(await acceptUploads(event('0055AED6DCD90281E5'), world.ports)).toBe('done');

    // Then the record alone counts: nothing starts, and the job is about the bytes that were looked at
    expect(sent()).toHaveLength(1);
    const { status, audioEtag } = await world.job(job.jobId);
    expect({ status, audioEtag }).toEqual({ status: 'COMPLETED', audioEtag: accepted.audioEtag });
  });

  it('comes back to an object that cannot be read yet, and leaves it to the reconciler in the end', async () => {
    const job = await world.has({});
    const event = s3Event(job.audioKey);
    expect(await acceptUploads(delivery(event, 1), world.ports)).toEqual({ returnInMs: 1_000 });
    expect(await acceptUploads(delivery(event, 4), world.ports)).toEqual({ returnInMs: 4_000 });
    expect(await acceptUploads(delivery(event, 10), world.ports)).toBe('done');
    await world.uploaded(job);
    expect(await acceptUploads(delivery(event, 2), world.ports)).toBe('done');
    expect((await world.job(job.jobId)).status).toBe('QUEUED');
  });

  it('fails a job at once whose file is empty, and has its user told', async () => {
    const job = await world.has({});
    await world.uploaded(job, bytesOf(''));
    await acceptUploads(delivery(s3Event(job.audioKey)), world.ports);
    expect(await world.job(job.jobId)).toMatchObject({ status: 'FAILED', errorCode: 'audio.empty' });
    expect(world.queue.bodies('notification')).toMatchObject([{ jobId: job.jobId, status: 'FAILED' }]);
    expect(sent()).toEqual([]);
  });

  it('passes over keys that are not ours, unknown jobs and the test event of S3', async () => {
    const foreign = s3Event('../etc/passwd', 'ana/notes.txt', 'ana/job_0/audio.mp3');
    const unknown = s3Event('ana/job_0199f0000000700080000000000000ff/audio.mp3');
    const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'verbatim-audio' });
    for (const body of [foreign, unknown, test]) {
      expect(await acceptUploads(delivery(body), world.ports)).toBe('done');
    }
    const counts = (await world.registry.getSingleMetricAsString('verbatim_upload_events_total')).split('\n');
    expect(counts).toContain('verbatim_upload_events_total{outcome="foreign"} 3');
    expect(counts).toContain('verbatim_upload_events_total{outcome="unknown"} 1');
  });

  it('leaves nothing of an upload that ends after its job was deleted', async () => {
    // Given a form that was used in its last second, and a job whose record is gone by the time the file has come
    const gone = aJob({ jobId: 'job_0199f0000000700080000000000000ff' });
    await world.uploaded(gone);
    const erasing = await world.has({ erase: { at: noon + 60_000 } });
    await world.uploaded(erasing);
    const kept = await world.has({ jobId: 'job_0199f0000000700080000000000000aa' });
    await world.uploaded(kept);

    const event = s3Event(gone.audioKey, erasing.audioKey, kept.audioKey);
    expect(await acceptUploads(delivery(event), world.ports)).toBe('done');
    expect([...world.objects.objects.keys()]).toEqual([`audio/${kept.audioKey}`]);
  });

  it.each(['', 'not json', '{"Records": 7}', '[]'])('sets %j aside as a dead letter', async (body) => {
    expect(await acceptUploads(delivery(body), world.ports)).toEqual({ dead: 'message.undecodable' });
  });

  it('saves the job when the queue is down, for the reconciler to send', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    world.queue.down = true;
    expect(await acceptUploads(delivery(s3Event(job.audioKey)), world.ports)).toBe('done');
    expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED' });
    expect((await world.job(job.jobId)).dueAt).toBeGreaterThan(world.clock.now());
  });
});

describe('consumeUploads', () => {
  const world = aNotifier();
  const consumer = consumeUploads(world.ports);
  afterEach(() => consumer.stop({ graceMs: 0 }));

  it('takes events from the queue, the good and the bad', async () => {
    const job = await world.has({});
    await world.uploaded(job);
    await world.queue.send('uploads', 'nonsense', { groupId: 'x' });
    await world.queue.send('uploads', s3Event(job.audioKey), { groupId: 'x' });
    await vi.waitFor(async () => expect(await world.job(job.jobId)).toMatchObject({ status: 'QUEUED' }));
    await vi.waitFor(() => expect(world.queue.dead).toMatchObject([{ queue: 'uploads', body: 'nonsense' }]));
    await vi.waitFor(() => expect(world.queue.bodies('uploads')).toEqual([]));
  });
});
