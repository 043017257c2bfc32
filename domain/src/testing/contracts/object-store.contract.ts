import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as oneTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectChanged, ObjectExists, ObjectMissing } from '../../errors.ts';
import type { PresignedPart } from '../../ports/multipart-uploads.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { bytesOf, countingBytes, readAll, textOf } from '../bytes.ts';
import { liveBufferBytes } from '../live-buffer-bytes.ts';
import { multipartContract } from './multipart.contract.ts';
import { type PresignAbilities, presignContract } from './presign.contract.ts';

export interface ObjectStoreUnderTest {
  store: ObjectStore;
  /** What put left behind outside of its objects: temporary files, unfinished multipart uploads. */
  leftovers?(): Promise<string[]>;
  /** Where presigned addresses lead nowhere: does what a PUT of this part would. */
  sendPart?(part: PresignedPart, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface ObjectStoreAbilities {
  /** Memory that a stream of any size may cost; absent where objects live in our own memory. */
  streamCostsAtMostBytes?: number;
  /** The size of the streams in the tests. */
  streamBytes?: number;
  /** More than one page of the adapter's listing, so that deletePrefix has to turn it. */
  manyObjects?: number;
  /** Absent where presigned addresses lead nowhere. */
  presign?: PresignAbilities;
}

/** `open` is called once: the tests share one store and keep to their own keys. */
export function objectStoreContract(
  name: string,
  open: () => Promise<ObjectStoreUnderTest>,
  abilities: ObjectStoreAbilities,
): void {
  describe(`ObjectStore contract: ${name}`, () => {
    let subject: ObjectStoreUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());

    describe('put, get and head', () => keepsObjects(() => subject.store));
    describe('conditions', () => conditions(() => subject.store));
    describe('streams', () => streams(() => subject, abilities));
    describe('unfinished bodies', () => leavesNothingHalfDone(() => subject));
    describe('deletePrefix', () => deletesByPrefix(() => subject.store, abilities.manyObjects ?? 25));
    multipartContract(() => subject, abilities.presign);
    if (abilities.presign) presignContract(() => subject.store, abilities.presign);
  });
}

const mp3 = { contentType: 'audio/mpeg' };

async function textAt(store: ObjectStore, key: string): Promise<string> {
  return textOf(await readAll((await store.get('audio', key)).body));
}

function keepsObjects(store: () => ObjectStore): void {
  it('gives back the bytes, size and type that were put', async () => {
    const put = await store().put('audio', 'keep/job_1/audio.mp3', bytesOf('hello'), mp3);
    const { body, ...info } = await store().get('audio', 'keep/job_1/audio.mp3');

    expect(textOf(await readAll(body))).toBe('hello');
    expect(info).toEqual({ sizeBytes: 5, contentType: 'audio/mpeg', etag: put.etag });
    expect(put).toEqual(info);
    expect(await store().head('audio', 'keep/job_1/audio.mp3')).toEqual(info);
    expect(put.etag).not.toContain('"');
  });

  it('replaces what was at a key, and its etag with the bytes', async () => {
    const old = await store().put('audio', 'keep/replace', bytesOf('old'), mp3);
    const fresh = await store().put('audio', 'keep/replace', bytesOf('new'), { contentType: 'audio/wav' });

    expect(await textAt(store(), 'keep/replace')).toBe('new');
    expect(fresh.etag).not.toBe(old.etag);
    expect(await store().head('audio', 'keep/replace')).toEqual(fresh);
  });

  it('keeps empty objects', async () => {
    await store().put('audio', 'keep/empty', new Uint8Array(), mp3);

    expect(await store().head('audio', 'keep/empty')).toMatchObject({ sizeBytes: 0 });
    expect(await textAt(store(), 'keep/empty')).toBe('');
  });

  it('keeps the buckets apart', async () => {
    await store().put('audio', 'keep/bucket', bytesOf('audio'), mp3);

    expect(await store().head('transcripts', 'keep/bucket')).toBeNull();
  });

  it('gives a range of bytes, both ends included, with the size of the whole', async () => {
    const { etag } = await store().put('audio', 'keep/range', bytesOf('0123456789'), mp3);

    const middle = await store().get('audio', 'keep/range', { range: { start: 2, end: 4 } });
    const last = await store().get('audio', 'keep/range', { range: { start: 9, end: 99 }, ifMatch: etag });

    expect(textOf(await readAll(middle.body))).toBe('234');
    expect(middle).toMatchObject({ sizeBytes: 10, etag });
    expect(textOf(await readAll(last.body))).toBe('9');
  });

  it('answers head with null and get with ObjectMissing where nothing is', async () => {
    expect(await store().head('audio', 'keep/nothing')).toBeNull();
    await expect(store().get('audio', 'keep/nothing')).rejects.toThrow(ObjectMissing);
  });

  it('answers a ping', async () => {
    await expect(store().ping()).resolves.toBeUndefined();
  });
}

function conditions(store: () => ObjectStore): void {
  it('with ifAbsent refuses a taken key and leaves the object alone', async () => {
    await store().put('audio', 'cond/taken', bytesOf('first'), { ...mp3, ifAbsent: true });

    const second = store().put('audio', 'cond/taken', bytesOf('second'), { ...mp3, ifAbsent: true });

    await expect(second).rejects.toThrow(ObjectExists);
    expect(await textAt(store(), 'cond/taken')).toBe('first');
  });

  it('with ifAbsent lets one of many puts at once win', async () => {
    const puts = Array.from({ length: 8 }, (_, i) =>
      store().put('audio', 'cond/race', bytesOf(`body ${i}`), { ...mp3, ifAbsent: true }),
    );

    const results = await Promise.allSettled(puts);

    const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(winners).toHaveLength(1);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(ObjectExists);
    expect(await textAt(store(), 'cond/race')).toBe(`body ${winners[0]}`);
  });

  it('with ifMatch gives only the object that is meant', async () => {
    const old = await store().put('audio', 'cond/match', bytesOf('old'), mp3);
    const asMeant = await store().get('audio', 'cond/match', { ifMatch: old.etag });
    expect(textOf(await readAll(asMeant.body))).toBe('old');

    await store().put('audio', 'cond/match', bytesOf('new'), mp3);

    await expect(store().get('audio', 'cond/match', { ifMatch: old.etag })).rejects.toThrow(ObjectChanged);
    await expect(store().get('audio', 'cond/none', { ifMatch: old.etag })).rejects.toThrow(ObjectMissing);
  });
}

function streams(subject: () => ObjectStoreUnderTest, abilities: ObjectStoreAbilities): void {
  const total = abilities.streamBytes ?? 16 * 2 ** 20;

  it('stores and reads streams without holding them in memory', { timeout: 60_000 }, async () => {
    const { store } = subject();
    const before = liveBufferBytes();
    let peak = before;
    const watched = async function* (stream: AsyncIterable<Uint8Array>) {
      let pieces = 0;
      for await (const piece of stream) {
        if (pieces++ % 64 === 0) peak = Math.max(peak, liveBufferBytes());
        yield piece;
      }
    };

    const { signal } = new AbortController();

    const put = await store.put('audio', 'stream/big', watched(countingBytes(total)), { ...mp3, signal });
    expect(put.sizeBytes).toBe(total);

    const { body } = await store.get('audio', 'stream/big', { signal });
    await expectSameBytes(watched(body), countingBytes(total));
    const cost = abilities.streamCostsAtMostBytes;
    if (cost !== undefined) expect(peak - before).toBeLessThan(cost);
  });

  it('gives the whole object to a reader while it is replaced', async () => {
    const { store } = subject();
    await store.put('audio', 'stream/replaced', countingBytes(2 * 2 ** 20), mp3);

    const { body, sizeBytes } = await store.get('audio', 'stream/replaced');
    await store.put('audio', 'stream/replaced', bytesOf('short'), mp3);

    expect(sizeBytes).toBe(2 * 2 ** 20);
    await expectSameBytes(body, countingBytes(2 * 2 ** 20));
  });

  it('breaks off a reading at any moment, and only that', async () => {
    const { store } = subject();
    await store.put('audio', 'stream/broken', countingBytes(2 ** 20), mp3);
    const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) });
    let broken = 0;
    // Before it is found, while it is opened, before it is read, in the middle
    for (let turns = 0; turns < 40; turns++) {
      const abort = new AbortController();
      const { signal } = abort;
      const reading = store
        .get('audio', 'stream/broken', { signal })
        .then(({ body }) => pipeline(Readable.from(body), nowhere(), { signal }))
        .catch(() => {
          broken += 1;
        });
      for (let turn = 0; turn < turns; turn++) await oneTurn();
      abort.abort(new Error('not wanted any more'));
      await reading;
    }
    expect(broken).toBeGreaterThan(5);
  });

  it('stops reading when the signal aborts', async () => {
    const { store } = subject();
    await store.put('audio', 'stream/abort', countingBytes(8 * 2 ** 20), mp3);
    const abort = new AbortController();

    const { body } = await store.get('audio', 'stream/abort', { signal: abort.signal });
    const reading = (async () => {
      for await (const _ of body) abort.abort(new Error('not wanted any more'));
    })();

    await expect(reading).rejects.toThrow();
  });
}

/** Compares piece by piece, so that the comparison needs no more memory than the stream. */
async function expectSameBytes(
  actual: AsyncIterable<Uint8Array>,
  expected: AsyncIterable<Uint8Array>,
): Promise<void> {
  let wanted: Uint8Array = new Uint8Array();
  const source = expected[Symbol.asyncIterator]();
  for await (const piece of actual) {
    for (let done = 0; done < piece.length; ) {
      if (wanted.length === 0)
        wanted = (await source.next()).value ?? expect.fail('more bytes than were put');
      const count = Math.min(wanted.length, piece.length - done);
      const same = Buffer.compare(wanted.subarray(0, count), piece.subarray(done, done + count)) === 0;
      if (!same) expect.fail('other bytes than were put');
      wanted = wanted.subarray(count);
      done += count;
    }
  }
  expect(wanted.length).toBe(0);
  expect((await source.next()).done).toBe(true);
}

function leavesNothingHalfDone(subject: () => ObjectStoreUnderTest): void {
  const store = () => subject().store;
  async function expectNothingAt(key: string): Promise<void> {
    expect(await store().head('audio', key)).toBeNull();
    expect((await subject().leftovers?.()) ?? []).toEqual([]);
  }
  async function* breaksOff(afterBytes: number) {
    yield* countingBytes(afterBytes);
    throw new Error('the sender went away');
  }

  it.each([0, 100_000, 12 * 2 ** 20])(
    'leaves nothing of a body that throws after %i bytes',
    async (bytes) => {
      const key = `half/throws-${bytes}`;
      await expect(store().put('audio', key, breaksOff(bytes), mp3)).rejects.toThrow('the sender went away');
      await expectNothingAt(key);
    },
  );

  it('leaves the old object when a body that would replace it throws', async () => {
    await store().put('audio', 'half/old', bytesOf('old'), mp3);

    await expect(store().put('audio', 'half/old', breaksOff(100_000), mp3)).rejects.toThrow();

    expect(await textAt(store(), 'half/old')).toBe('old');
    await store().deletePrefix('audio', 'half/old');
    await expectNothingAt('half/old');
  });

  it('gives up when the signal aborts, also while the body keeps it waiting', async () => {
    const abort = new AbortController();
    const silent = Promise.withResolvers<void>();
    async function* goesSilent() {
      yield* countingBytes(100_000);
      abort.abort(new Error('cancelled'));
      await silent.promise;
    }

    const put = store().put('audio', 'half/aborted', goesSilent(), { ...mp3, signal: abort.signal });

    await expect(put).rejects.toThrow();
    await expectNothingAt('half/aborted');
    silent.resolve();
  });

  it('does not begin when the signal has aborted before', async () => {
    const put = store().put('audio', 'half/never', bytesOf('x'), { ...mp3, signal: AbortSignal.abort() });

    await expect(put).rejects.toThrow();
    await expectNothingAt('half/never');
  });
}

function deletesByPrefix(store: () => ObjectStore, manyObjects: number): void {
  it('removes every object under the prefix and nothing beside it', async () => {
    const gone = ['del/job_1/audio.mp3', 'del/job_1/r1-1/transcript.json', 'del/job_1/r1-1/transcript.txt'];
    const left = ['del/job_10/audio.mp3', 'del/job_', 'del/job_2/audio.mp3'];
    for (const key of [...gone, ...left]) await store().put('transcripts', key, bytesOf(key), mp3);
    await store().put('audio', 'del/job_1/audio.mp3', bytesOf('audio'), mp3);

    await store().deletePrefix('transcripts', 'del/job_1/');

    for (const key of gone) expect(await store().head('transcripts', key), key).toBeNull();
    for (const key of left) expect(await store().head('transcripts', key), key).not.toBeNull();
    expect(await store().head('audio', 'del/job_1/audio.mp3')).not.toBeNull();
  });

  it('is content with a prefix that has nothing under it', async () => {
    await expect(store().deletePrefix('audio', 'del/nobody/')).resolves.toBeUndefined();
  });

  it(`removes ${manyObjects} objects`, { timeout: 120_000 }, async () => {
    const keys = Array.from({ length: manyObjects }, (_, i) => `many/${i}`);
    // A few at a time: a thousand requests at once wait longer for a free connection than any of them may.
    const forEachKey = async (visit: (key: string) => Promise<unknown>) => {
      for (let i = 0; i < keys.length; i += 20) await Promise.all(keys.slice(i, i + 20).map(visit));
    };
    await forEachKey((key) => store().put('audio', key, bytesOf(key), mp3));

    await store().deletePrefix('audio', 'many/');

    await forEachKey(async (key) => expect(await store().head('audio', key), key).toBeNull());
  });
}
