import { readdir } from 'node:fs/promises';
import {
  canceled,
  chunkAudioKey,
  chunksToSend,
  defaultJobTimes,
  isCut,
  JobFailure,
  type JobRecord,
  newRun,
  type Outcome,
  removeObjects,
  StorageUnavailable,
  Transcript,
  TranscriptionMessage,
} from '@verbatim/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWorkerWithAJob, hello, type WorkerWorld } from './testing/worker-world.ts';
import { transcribeChunk } from './transcribe-chunk.ts';
import { transcribeJob } from './transcribe-job.ts';

const never = new AbortController().signal;

describe('transcribing a long recording', () => {
  let world: WorkerWorld;
  let { clock, jobs, objects, queue, engine, workDir, ports, job, stored } = {} as WorkerWorld;
  beforeEach(async () => {
    world = await aWorkerWithAJob();
    ({ clock, jobs, objects, queue, engine, workDir, ports, job, stored } = world);
    // Half a minute, cut every ten seconds.
    world.decoder.seconds = 30;
    ports.chunkSeconds = 10;
    // Each piece says where it begins, as far as the engine can know: by its length.
    engine.hears = async (_, { durationSeconds }) => ({
      ...hello,
      segments: [{ start: 0, end: durationSeconds, text: `${durationSeconds}`, confidence: 0.9, words: [] }],
    });
    await deliverJob();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  function deliverJob(messageId = 'job-message') {
    return transcribeJob({ kind: 'job', jobId: job.jobId, run: 1 }, { messageId, signal: never }, ports);
  }

  function deliverChunk(
    chunk: number,
    messageId = `chunk-message-${chunk}`,
    signal = never,
  ): Promise<Outcome> {
    return transcribeChunk({ kind: 'chunk', jobId: job.jobId, run: 1, chunk }, { messageId, signal }, ports);
  }

  async function transcript(): Promise<Transcript> {
    const { result } = await stored();
    const { body } = await objects.get('transcripts', result?.transcriptKey ?? 'none');
    return Transcript.parse(JSON.parse(Buffer.concat(await Array.fromAsync(body)).toString()));
  }

  function chunkMessages(): number[] {
    const messages = queue.bodies('transcription').map((body) => TranscriptionMessage.parse(body));
    return messages.flatMap((message) => (message.kind === 'chunk' ? [message.chunk] : []));
  }

  it('cuts it, pins its language, and sends a message for each chunk', async () => {
    const record = await stored();
    expect(record).toMatchObject({
      status: 'PROCESSING',
      lease: null,
      durationSeconds: 30,
      detectedLanguage: { code: 'en', probability: 0.98 },
    });
    const chunks = Object.values(record.chunks);
    expect(chunks).toHaveLength(3);
    const ends = chunks.map(({ startSeconds, durationSeconds }) => startSeconds + durationSeconds);
    expect(chunks.map(({ startSeconds }) => startSeconds)).toEqual([0, ends[0], ends[1]]);
    expect(ends.at(-1)).toBe(30);
    expect(chunkMessages()).toEqual([0, 1, 2]);
    expect(await readdir(workDir)).toEqual([]);
  });

  it('puts the chunks together in order, whoever does them in whatever order', async () => {
    for (const index of [2, 0]) await deliverChunk(index);
    expect((await stored()).status).toBe('PROCESSING');
    await deliverChunk(1);

    expect(await stored()).toMatchObject({ status: 'COMPLETED', owes: ['announce', 'tidy'], chunks: {} });
    const { segments, durationSeconds } = await transcript();
    expect(durationSeconds).toBe(30);
    expect(segments.map(({ start }) => start)).toEqual([0, segments[0]?.end, segments[1]?.end]);
    expect(segments.at(-1)?.end).toBe(30);
    expect(queue.bodies('notification')).toHaveLength(1);
    // Every chunk was heard in the language that the beginning was found to be in.
    expect(engine.inputs.slice(1).map(({ language }) => language)).toEqual(['en', 'en', 'en']);
  });

  it('warns of a file that ends before its recording does', async () => {
    await using other = await aWorkerWithAJob();
    Object.assign(other.decoder, { seconds: 30, truncated: true });
    other.ports.chunkSeconds = 10;
    const delivery = { messageId: 'message', signal: never };
    await transcribeJob({ kind: 'job', jobId: other.job.jobId, run: 1 }, delivery, other.ports);
    for (const chunk of [0, 1, 2]) {
      await transcribeChunk({ kind: 'chunk', jobId: other.job.jobId, run: 1, chunk }, delivery, other.ports);
    }
    expect((await other.stored()).result?.warnings).toEqual(['demo_model', 'truncated']);
  });

  it('says which models heard it, whoever puts it together, and warns where one of them is a toy', async () => {
    await deliverChunk(0);
    ports.engine = Object.assign(Object.create(engine), { model: 'small-q8_0', modelWarning: null });
    for (const index of [1, 2]) await deliverChunk(index);
    expect(await transcript()).toMatchObject({ model: 'demo, small-q8_0', warnings: ['demo_model'] });
  });

  it('makes one transcript when two workers see the last chunk done at once', async () => {
    await deliverChunk(0);
    await Promise.all([deliverChunk(1), deliverChunk(2), deliverChunk(2, 'chunk-message-2')]);
    await Promise.all([deliverChunk(1), deliverChunk(2)]);
    expect((await stored()).status).toBe('COMPLETED');
    expect(queue.bodies('notification')).toHaveLength(1);
  });

  it('loses nothing when the worker dies between the last chunk and the assembly', async () => {
    await deliverChunk(0);
    await deliverChunk(1);
    const put = objects.put.bind(objects);
    objects.put = async (...args) => {
      if (args[1].endsWith('transcript.txt')) throw new Error('killed');
      return put(...args);
    };
    await expect(deliverChunk(2)).rejects.toThrow('killed');
    expect((await stored()).status).toBe('PROCESSING');

    objects.put = put;
    await deliverChunk(2);
    expect((await stored()).status).toBe('COMPLETED');
  });

  it('skips a chunk that is done, and does not hear it again', async () => {
    await deliverChunk(0);
    const heard = engine.inputs.length;
    expect(await deliverChunk(0, 'another message')).toBe('done');
    expect(engine.inputs).toHaveLength(heard);
  });

  it('sends the chunks again when whoever cut it died before their messages were out', async () => {
    queue.messages.length = 0;
    await deliverChunk(1);
    expect(await deliverJob()).toBe('done');
    expect(chunkMessages()).toEqual([0, 2]);
    expect((await stored()).fence, 'the job is not claimed again').toBe(1);
  });

  it('stays cut when the answer to the cut is lost: then it is no failure of the job', async () => {
    // Given a table that takes the cut and does not say so
    await using other = await aWorkerWithAJob();
    other.decoder.seconds = 30;
    other.ports.chunkSeconds = 10;
    const change = other.jobs.change.bind(other.jobs);
    other.jobs.change = async (jobId, write) => {
      const saved = await change(jobId, write);
      if (write.set.chunks) throw new StorageUnavailable('no answer');
      return saved;
    };
    // When a worker cuts the recording
    const delivery = { messageId: 'job-message', signal: never };
    await transcribeJob({ kind: 'job', jobId: other.job.jobId, run: 1 }, delivery, other.ports);
    // Then its chunks can be done, by whoever gets their messages from the reconciler
    expect(await other.stored()).toMatchObject({ status: 'PROCESSING', failures: 0, lease: null });
  });

  it('owes the tidying of what it stored before the cut, in whatever way the job ends', async () => {
    // Given a storage that takes one piece and no more, and a job that had a run before
    await using other = await aWorkerWithAJob();
    other.decoder.seconds = 30;
    other.ports.chunkSeconds = 10;
    const put = other.objects.put.bind(other.objects);
    other.objects.put = async (bucket, key, body, options) => {
      if (key.endsWith('chunk-0001.wav')) throw new StorageUnavailable('no room');
      return put(bucket, key, body, options);
    };
    // When all attempts at cutting it have failed
    const signal = never;
    for (const messageId of ['1', '2', '3', '4']) {
      await transcribeJob(
        { kind: 'job', jobId: other.job.jobId, run: 1 },
        { messageId, signal },
        other.ports,
      );
      other.clock.set((await other.stored()).dueAt ?? 0);
    }
    // Then the piece is tidied away, also when the user tries again before that
    const failed = await other.stored();
    expect(failed).toMatchObject({ status: 'FAILED', owes: ['announce', 'signal-dead-letter', 'tidy'] });
    const again = await other.jobs.change(
      failed.jobId,
      newRun(failed, 'user', other.clock.now(), other.ports.times),
    );
    expect(again?.owes).toEqual(['tidy']);
    const withdrawn = again && canceled(again, other.clock.now(), other.ports.times);
    expect(withdrawn?.set.owes).toEqual(['tidy']);
  });

  it('leaves nothing behind when it wakes up from the assembly of a job that was erased', async () => {
    for (const index of [0, 1]) await deliverChunk(index);
    const put = objects.put.bind(objects);
    objects.put = async (bucket, key, body, options) => {
      if (key.endsWith('/transcript.txt')) {
        await jobs.remove(job.jobId, {});
        await removeObjects(job, objects);
      }
      return put(bucket, key, body, options);
    };
    expect(await deliverChunk(2)).toBe('done');
    expect([...objects.objects.keys()]).toEqual([]);
  });

  it('leaves a chunk to the worker that has it, and takes it over when that one is gone', async () => {
    const begun = engine.hangs();
    const stopping = new AbortController();
    const first = deliverChunk(1, 'first', stopping.signal);
    await begun;
    engine.hears = async () => hello;
    expect(await deliverChunk(1, 'second')).toBe('done');
    expect((await stored()).chunks[1]?.fence).toBe(1);

    clock.advance(1000);
    await deliverChunk(1, 'second');
    expect((await stored()).chunks[1]).toMatchObject({ state: 'done', fence: 2, interruptions: 1 });

    // The first one comes back too late.
    stopping.abort();
    await first;
    expect((await stored()).chunks[1]).toMatchObject({ state: 'done', fence: 2 });
  });

  it('lets a chunk rest that lost worker after worker, while the others go on', async () => {
    const lease = { worker: 'worker-0', messageId: 'first', until: clock.now() };
    await jobs.change(job.jobId, {
      expect: {},
      set: {},
      chunk: { index: 1, expect: {}, set: { state: 'working', fence: 4, interruptions: 4, lease } },
    });
    expect(await deliverChunk(1, 'first')).toBe('done');
    const restsUntil = clock.now() + 10_000;
    expect((await stored()).chunks[1]).toMatchObject({
      state: 'waiting',
      interruptions: 5,
      retryAt: restsUntil,
    });
    for (const index of [0, 2]) await deliverChunk(index);
    expect(chunksToSend(await stored(), clock.now())).toEqual([]);

    clock.set(restsUntil);
    expect(chunksToSend(await stored(), clock.now())).toEqual([1]);
    await deliverChunk(1, 'second');
    expect(await stored()).toMatchObject({ status: 'COMPLETED', failures: 0 });
  });

  it('gives the job up when one of its chunks was taken over from lost workers twenty times', async () => {
    const lease = { worker: 'worker-0', messageId: 'first', until: clock.now() };
    await jobs.change(job.jobId, {
      expect: {},
      set: {},
      chunk: { index: 1, expect: {}, set: { state: 'working', fence: 19, interruptions: 19, lease } },
    });
    expect(await deliverChunk(1, 'first')).toBe('done');
    expect(await stored()).toMatchObject({ status: 'FAILED', errorCode: 'worker.lost', failures: 0 });
    expect(await ports.throughput.list(0)).toMatchObject([{ completed: 0, failed: 1 }]);
  });

  it('does not tell its user that the recording is gone when it is a piece that is', async () => {
    await objects.deletePrefix('transcripts', chunkAudioKey(await stored(), 1));
    await deliverChunk(1);
    const { status, lastError, chunks } = await stored();
    expect({ status, code: lastError?.code }).toEqual({ status: 'PROCESSING', code: 'internal.unexpected' });
    expect(chunks[1]).toMatchObject({ state: 'waiting', failures: 1 });
  });

  it('counts failures of each chunk apart, and lets the fourth fail the job', async () => {
    engine.hears = async () => Promise.reject(new JobFailure('engine.crashed', 'exit code 139'));
    for (const minutes of [5, 25, 125]) {
      await deliverChunk(1);
      const { status, chunks } = await stored();
      expect(status).toBe('PROCESSING');
      expect(chunks[1]).toMatchObject({ state: 'waiting', retryAt: clock.now() + minutes * 60_000 });
      expect(await deliverChunk(1), 'a message before its time changes nothing').toBe('done');
      clock.advance(minutes * 60_000);
    }
    await deliverChunk(1);
    expect(await stored()).toMatchObject({
      status: 'FAILED',
      errorCode: 'engine.crashed',
      deadLetter: { reason: 'engine.crashed' },
      lastError: { code: 'engine.crashed', detail: 'JobFailure: exit code 139' },
      owes: ['announce', 'signal-dead-letter', 'tidy'],
    });
    expect(queue.bodies('notification')).toHaveLength(1);
  });

  it('hands a chunk back when the worker stops', async () => {
    const begun = engine.hangs();
    const stopping = new AbortController();
    const delivery = deliverChunk(1, 'message', stopping.signal);
    await begun;
    stopping.abort();
    expect(await delivery).toEqual({ returnInMs: 0 });
    expect((await stored()).chunks[1]).toMatchObject({ state: 'waiting', failures: 0, interruptions: 1 });
  });

  it('stops all chunks when the job is cancelled, and owes the tidying', async () => {
    const begun = engine.hangs();
    const delivery = deliverChunk(1);
    await begun;
    await jobs.change(job.jobId, canceled(await stored(), clock.now(), defaultJobTimes));
    expect(await delivery).toBe('done');
    expect(await stored()).toMatchObject({ status: 'CANCELED', owes: ['tidy'] });
    expect(await deliverChunk(2)).toBe('done');
  });

  it('forgets a beat that comes after the cut: the job has no lease of its own any more', async () => {
    const record = await stored();
    const cutJob: JobRecord = { ...record, lease: { worker: 'w', messageId: 'm', until: 1 }, chunks: {} };
    expect(isCut(record)).toBe(true);
    const { claimedJob } = await import('./steps/claimed-work.ts');
    const late = claimedJob(cutJob, defaultJobTimes).beaten(
      { phase: 'reading', audioSecondsDone: 0, durationSeconds: 30 },
      clock.now(),
    );
    expect(await jobs.change(job.jobId, late)).toBeNull();
  });
});
