import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type ByteStream,
  canceled,
  defaultJobTimes,
  erased,
  type FailureCode,
  JobFailure,
  type JobRecord,
  removeObjects,
  StorageUnavailable,
  Transcript,
} from '@verbatim/domain';
import { bytesOf } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWorkerWithAJob, hello, type WorkerWorld } from './testing/worker-world.ts';
import { transcribeJob } from './transcribe-job.ts';

describe('transcribing a job', () => {
  let world: WorkerWorld;
  let { clock, jobs, objects, queue, engine, decoder, workDir, ports, job, stored } = {} as WorkerWorld;
  beforeEach(async () => {
    world = await aWorkerWithAJob();
    ({ clock, jobs, objects, queue, engine, decoder, workDir, ports, job, stored } = world);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  function deliver(messageId = 'message-1', signal: AbortSignal = new AbortController().signal) {
    return transcribeJob({ kind: 'job', jobId: job.jobId, run: job.run }, { messageId, signal }, ports);
  }

  it('stores the transcript, completes the job and announces it', async () => {
    expect(await deliver()).toBe('done');

    const record = await stored();
    expect(record).toMatchObject({
      status: 'COMPLETED',
      fence: 1,
      lease: null,
      durationSeconds: 2,
      owes: ['announce'],
      result: { version: 'r1-1', language: 'en', warnings: ['demo_model'] },
    });
    const { body } = await objects.get('transcripts', record.result?.transcriptKey ?? '');
    const json = Buffer.concat(await Array.fromAsync(body)).toString();
    expect(Transcript.parse(JSON.parse(json)).text).toBe('Hello there.');
    expect(queue.bodies('notification')).toEqual([
      { kind: 'job-finished', jobId: job.jobId, run: 1, status: 'COMPLETED' },
    ]);
    expect(await readdir(workDir)).toEqual([]);
  });

  it('says in the transcript what was asked for, and what it took', async () => {
    const options = { ...job.options, prompt: 'Minutes.', keywords: ['Ana', 'Kubernetes'], language: 'en' };
    await jobs.change(job.jobId, { expect: {}, set: { options } });
    engine.hears = async () => {
      clock.set(clock.now() + 500);
      return { ...hello, cpuSeconds: 0.4 };
    };
    await deliver();
    const { result } = await stored();
    const { body } = await objects.get('transcripts', result?.transcriptKey ?? '');
    const transcript = Transcript.parse(JSON.parse(Buffer.concat(await Array.fromAsync(body)).toString()));
    expect(transcript.options).toEqual(options);
    expect(transcript.timings).toEqual({
      processingSeconds: 0.5,
      realTimeFactor: 0.25,
      engineCpuSeconds: 0.4,
    });
    expect(result?.measures).toMatchObject({ processingSeconds: 0.5, engineCpuSeconds: 0.4 });
  });

  it('counts what it did for operators, once', async () => {
    await deliver();
    await deliver('message-2');
    expect(await ports.throughput.list(0)).toMatchObject([{ completed: 1, failed: 0, audioSeconds: 2 }]);
  });

  it('completes a job also where nothing can be counted', async () => {
    ports.throughput.add = () => Promise.reject(new StorageUnavailable('no counting today'));
    expect(await deliver()).toBe('done');
    expect((await stored()).status).toBe('COMPLETED');
  });

  it('warns of a file that ends before its recording does', async () => {
    decoder.truncated = true;
    await deliver();
    expect((await stored()).result?.warnings).toEqual(['demo_model', 'truncated']);
  });

  it('does nothing for a message about a job that is done, but for an announcement still owed', async () => {
    await deliver();
    expect(await deliver('message-2')).toBe('done');
    expect((await stored()).fence).toBe(1);
    expect(queue.bodies('notification')).toHaveLength(2);
  });

  it.each<[string, Partial<JobRecord>]>([
    ['deleted', { erase: { at: 0 } }],
    ['of a later run', { run: 2 }],
    ['waiting for its retry', { sends: 0, dueAt: 1_900_000_000_000 }],
    ['without a file yet', { status: 'PENDING_UPLOAD' }],
  ])('leaves a job alone that is %s', async (_, over) => {
    await jobs.change(job.jobId, { expect: {}, set: over });
    const before = await stored();
    expect(await deliver()).toBe('done');
    expect(await stored()).toEqual(before);
  });

  it('leaves a job alone that another worker has, and takes it over when that lease has run out', async () => {
    const lease = { worker: 'worker-0', messageId: 'message-0', until: clock.now() + 1000 };
    await jobs.change(job.jobId, { expect: {}, set: { status: 'PROCESSING', fence: 1, lease } });
    expect(await deliver()).toBe('done');
    expect((await stored()).status).toBe('PROCESSING');

    clock.advance(1001);
    await deliver();
    expect(await stored()).toMatchObject({ status: 'COMPLETED', fence: 2, interruptions: 1, failures: 0 });
  });

  it("takes a job over at once when the holder's own message comes again", async () => {
    const lease = { worker: 'worker-0', messageId: 'message-1', until: clock.now() + 30_000 };
    await jobs.change(job.jobId, { expect: {}, set: { status: 'PROCESSING', fence: 1, lease } });
    await deliver('message-1');
    expect(await stored()).toMatchObject({ status: 'COMPLETED', fence: 2 });
  });

  it('lets a job rest that lost worker after worker, and takes it when its time has come', async () => {
    const lease = { worker: 'worker-0', messageId: 'message-1', until: clock.now() };
    const over: Partial<JobRecord> = { status: 'PROCESSING', fence: 4, interruptions: 4, lease };
    await jobs.change(job.jobId, { expect: {}, set: over });
    expect(await deliver('message-1')).toBe('done');
    expect(await stored()).toMatchObject({ status: 'QUEUED', interruptions: 5, fence: 4, sends: 0 });
    expect(await deliver('message-2'), 'nobody takes it before').toBe('done');
    expect((await stored()).status).toBe('QUEUED');

    clock.advance(10_000);
    await deliver('message-3');
    expect(await stored()).toMatchObject({ status: 'COMPLETED', interruptions: 5, failures: 0 });
  });

  it('gives a job up that was taken over from lost workers twenty times', async () => {
    const lease = { worker: 'worker-0', messageId: 'message-1', until: clock.now() };
    await jobs.change(job.jobId, {
      expect: {},
      set: { status: 'PROCESSING', fence: 19, interruptions: 19, lease },
    });
    await deliver('message-1');
    expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: 'worker.lost', fence: 19 });
    expect(await ports.throughput.list(0)).toMatchObject([{ completed: 0, failed: 1 }]);
  });

  it('tries a transient failure again after 5, 25 and 125 minutes, then gives up with a dead letter', async () => {
    engine.hears = async () => Promise.reject(new JobFailure('engine.crashed', 'exit code 139'));
    for (const minutes of [5, 25, 125]) {
      await deliver();
      const record = await stored();
      expect(record).toMatchObject({ status: 'QUEUED', lease: null, sends: 0 });
      expect(record.dueAt).toBe(clock.now() + minutes * 60_000);
      clock.set(record.dueAt ?? 0);
    }
    await deliver();
    expect(await stored()).toMatchObject({
      status: 'FAILED',
      errorCode: 'engine.crashed',
      failures: 4,
      deadLetter: { reason: 'engine.crashed' },
      lastError: { code: 'engine.crashed', detail: 'JobFailure: exit code 139' },
      owes: ['announce', 'signal-dead-letter'],
    });
    expect(queue.bodies('notification')).toHaveLength(1);
  });

  it.each<FailureCode>(['audio.unreadable', 'audio.too_long', 'audio.no_sound'])(
    'fails at once, without a dead letter, when the file is to blame (%s)',
    async (code) => {
      decoder.decodes = async () => Promise.reject(new JobFailure(code, 'rejected'));
      await deliver();
      expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: code, deadLetter: null });
      expect(await ports.throughput.list(0)).toMatchObject([{ completed: 0, failed: 1 }]);
    },
  );

  it('notices that the file was replaced after it was accepted', async () => {
    await objects.put('audio', job.audioKey, bytesOf('something else'), { contentType: 'audio/mpeg' });
    await deliver();
    expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: 'input.changed' });
  });

  it('notices that the file was removed after it was accepted, and has its user told once', async () => {
    await objects.deletePrefix('audio', job.audioKey);
    await deliver();
    expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: 'input.missing', deadLetter: null });
    expect(queue.bodies('notification')).toHaveLength(1);
  });

  it('notices that the file was removed while it was read', async () => {
    // Given a connection that ends early, as S3's may
    const get = objects.get.bind(objects);
    objects.get = async (...request) => ({ ...(await get(...request)), body: endsEarly() });
    await deliver();
    expect(await stored()).toMatchObject({ status: 'QUEUED', lastError: { code: 'storage.unavailable' } });
    objects.get = get;

    await objects.deletePrefix('audio', job.audioKey);
    clock.set((await stored()).dueAt ?? 0);
    await deliver();
    expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: 'input.missing' });
    expect(queue.bodies('notification')).toHaveLength(1);
  });

  it('hands its engine what was decoded, and never the file that came', async () => {
    const came = bytesOf('OggS, made for the engine’s own reader');
    const { etag } = await objects.put('audio', job.audioKey, came, { contentType: 'audio/ogg' });
    await jobs.change(job.jobId, { expect: {}, set: { audioEtag: etag } });
    const read: string[] = [];
    engine.hears = async (_, { wavPath }) => {
      read.push(basename(wavPath), (await readFile(wavPath)).toString('latin1', 0, 4));
      return hello;
    };
    await deliver();
    expect(read).toEqual(['audio.wav', 'RIFF']);
  });

  it.each<[string, (record: JobRecord) => ReturnType<typeof canceled>, string]>([
    ['cancelled', (record) => canceled(record, 1, defaultJobTimes), 'CANCELED'],
    ['deleted', (record) => erased(record, 1), 'CANCELED'],
  ])('stops the engine when the job is %s, and writes nothing more', async (_, withdraw, status) => {
    const begun = engine.hangs();
    const delivery = deliver();
    await begun;
    await jobs.change(job.jobId, withdraw(await stored()));
    const withdrawn = await stored();

    expect(await delivery).toBe('done');
    expect(await stored()).toEqual(withdrawn);
    expect(withdrawn.status).toBe(status);
    expect(queue.bodies('notification')).toEqual([]);
    expect(await readdir(workDir)).toEqual([]);
  });

  it('hands the job back when the worker stops: no failure, and its message is free at once', async () => {
    const begun = engine.hangs();
    const stopping = new AbortController();
    const delivery = deliver('message-1', stopping.signal);
    await begun;
    stopping.abort(new Error('stopping'));

    expect(await delivery).toEqual({ returnInMs: 0 });
    expect(await stored()).toMatchObject({ status: 'QUEUED', failures: 0, interruptions: 1, lease: null });
  });

  it('keeps its lease for as long as the engine works', async () => {
    const begun = engine.hangs();
    const stopping = new AbortController();
    const delivery = deliver('message-1', stopping.signal);
    await begun;
    const first = (await stored()).lease?.until ?? 0;
    clock.advance(100);
    const prolonged = async () => (await stored()).lease?.until;
    await expect.poll(prolonged, { timeout: 20_000 }).toBeGreaterThan(first);
    stopping.abort();
    await delivery;
  });

  it('stops when the table does not take its beats: by now another may have the job', async () => {
    const begun = engine.hangs();
    const delivery = deliver();
    await begun;
    const change = jobs.change.bind(jobs);
    jobs.change = () => Promise.reject(new StorageUnavailable('down'));
    expect(await delivery).toBe('done');
    jobs.change = change;
    expect((await stored()).status).toBe('PROCESSING');
  });

  it('loses to a worker that took over: a late result changes nothing', async () => {
    // Given a worker that froze in the middle, and another that took over and finished
    let thaw = () => {};
    const heard = hello;
    const begun = new Promise<void>((resolve) => {
      engine.hears = () =>
        new Promise((done) => {
          thaw = () => done({ ...heard, language: 'es' });
          resolve();
        });
    });
    const frozen = deliver('message-1');
    await begun;
    engine.hears = async () => heard;
    await deliver('message-1');
    const finished = await stored();

    // When the first one wakes up
    thaw();
    expect(await frozen).toBe('done');

    // Then the record still names the second one's transcript
    expect(await stored()).toEqual(finished);
    expect(finished.result).toMatchObject({ version: 'r1-2', language: 'en' });
  });

  it('leaves nothing behind when it wakes up after its job was erased', async () => {
    // Given a worker that froze with its transcript on the way to storage
    const { put } = objects;
    const [frozen, thaw] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    objects.put = async (bucket, key, body, options) => {
      if (!key.includes('/transcript.')) return put.call(objects, bucket, key, body, options);
      frozen.resolve();
      await thaw.promise;
      return put.call(objects, bucket, key, body, { contentType: options.contentType });
    };
    const delivery = deliver();
    await frozen.promise;
    // When everything about the job is removed before it wakes up
    await jobs.remove(job.jobId, {});
    await removeObjects(job, objects);
    thaw.resolve();
    // Then what it stored too late is gone as well
    expect(await delivery).toBe('done');
    expect([...objects.objects.keys()]).toEqual([]);
  });

  it('counts what failed after the job was taken away as dropped, and no retry', async () => {
    engine.hears = async () => Promise.reject(new JobFailure('engine.crashed', 'exit code 139'));
    const change = jobs.change.bind(jobs);
    jobs.change = async (jobId, write) => {
      if (write.set.failures === 1) await change(jobId, canceled(await stored(), 1, defaultJobTimes));
      return change(jobId, write);
    };
    expect(await deliver()).toBe('done');
    const { values } = await ports.metrics.jobs.get();
    expect(values).toMatchObject([{ labels: { outcome: 'dropped' }, value: 1 }]);
  });

  it('completes the job even when the queue is down: the announcement stays owed', async () => {
    queue.down = true;
    expect(await deliver()).toBe('done');
    expect(await stored()).toMatchObject({ status: 'COMPLETED', owes: ['announce'] });
  });
});

async function* endsEarly(): ByteStream {
  yield bytesOf('au');
  throw new StorageUnavailable('the body ended early');
}
