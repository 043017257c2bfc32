import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BadCursor, RecordFromNewerVersion } from '../../errors.ts';
import { chunkClaimed } from '../../job/chunk-changes.ts';
import { type ChunkRecord, newChunk } from '../../job/chunk-record.ts';
import { claimed, defaultJobTimes, paid } from '../../job/job-changes.ts';
import { newJobId } from '../../job/job-ids.ts';
import type { JobRecord } from '../../job/job-record.ts';
import { defaultTranscriptionOptions } from '../../job/transcription-options.ts';
import type { DeadLetterQuery, JobChange, JobQuery, JobStore } from '../../ports/job-store.ts';
import { aJob } from '../builders.ts';

export interface JobStoreUnderTest {
  store: JobStore;
  /** Writes into a stored record behind the store's back, as a newer version of ours would. */
  plantField(jobId: string, field: string, value: unknown): Promise<void>;
  /** A field as it is stored, also one that this version does not know. */
  storedField(jobId: string, field: string): Promise<unknown>;
  close(): Promise<void>;
}

/** `open` is called once: the tests share one store and keep to their own users and times. */
export function jobStoreContract(name: string, open: () => Promise<JobStoreUnderTest>): void {
  describe(`JobStore contract: ${name}`, () => {
    let subject: JobStoreUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());

    describe('records', () => keepsRecords(() => subject.store));
    describe('changes', () => changesConditionally(() => subject));
    describe('records of a newer version', () => readsNewerRecords(() => subject));
    describe('removal', () => removesConditionally(() => subject.store));
    describe('lists', () => listsByUser(() => subject.store));
    describe('dead letters', () => listsDeadLetters(() => subject));
    describe('due records', () => findsDue(() => subject));
  });
}

/** A job with something in every field, so that nothing hides behind a null. */
function fullJob(over: Partial<JobRecord> = {}): JobRecord {
  return aJob({
    fileName: "Besprechung „Zürich“ 🎧 '; DROP TABLE jobs; -- .mp3",
    options: { ...defaultTranscriptionOptions, language: 'de', keywords: ['Verbatim'] },
    notifyTo: 'ana@example.org',
    status: 'PROCESSING',
    fence: 3,
    failures: 1,
    startedAt: 1_800_000_001_000,
    audioEtag: 'etag-1',
    durationSeconds: 61.123456,
    lease: { worker: 'w1', messageId: 'm1', until: 1_800_000_031_000 },
    chunks: { 0: newChunk({ startSeconds: 0, durationSeconds: 61.123456, channel: 1 }) },
    detectedLanguage: { code: 'de', probability: 0.9 },
    result: {
      version: 'r1-3',
      transcriptKey: 'ana/job/r1-3/transcript.json',
      language: 'de',
      confidence: 0.123456789,
      model: 'demo',
      warnings: ['demo_model'],
      measures: { processingSeconds: 12.345, engineCpuSeconds: null, silenceShare: 0.25 },
    },
    corrections: [{ number: 1, at: 1_800_000_003_000, by: null }],
    errorCode: 'engine.crashed',
    lastError: { code: 'engine.crashed', detail: 'EngineCrashed: SIGSEGV', at: 1_800_000_002_000 },
    deadLetter: { reason: 'engine.crashed', at: 1_800_000_002_000 },
    owes: ['announce', 'signal-dead-letter'],
    deliveries: { '1/FAILED/email': { state: 'sending', at: 1_800_000_003_000 } },
    ...over,
  });
}

function keepsRecords(store: () => JobStore): void {
  it('gives back every field of a record that was created', async () => {
    const bare = aJob();
    const full = fullJob();

    expect(await store().create(bare)).toBe(true);
    expect(await store().create(full)).toBe(true);

    expect(await store().get(bare.jobId)).toEqual(bare);
    expect(await store().get(full.jobId)).toEqual(full);
  });

  it('refuses a taken id and leaves the first record alone', async () => {
    const first = aJob({ fileName: 'first.mp3' });
    await store().create(first);

    expect(await store().create({ ...first, fileName: 'second.mp3' })).toBe(false);

    expect(await store().get(first.jobId)).toEqual(first);
  });

  it('lets one of many creations of the same id win', async () => {
    const job = aJob();
    const rivals = Array.from({ length: 10 }, (_, i) => ({ ...job, fileName: `${i}.mp3` }));

    const created = await Promise.all(rivals.map((rival) => store().create(rival)));

    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await store().get(job.jobId)).toEqual(rivals[created.indexOf(true)]);
  });

  it('knows nothing of a job that was never created', async () => {
    expect(await store().get(newJobId(1_800_000_000_000))).toBeNull();
  });

  it('hands out copies', async () => {
    const job = aJob({ owes: ['announce'] });
    await store().create(job);

    const read = await store().get(job.jobId);
    read?.owes.push('erase');

    expect((await store().get(job.jobId))?.owes).toEqual(['announce']);
  });

  it('answers a ping', async () => {
    await expect(store().ping()).resolves.toBeUndefined();
  });
}

function changesConditionally(subject: () => JobStoreUnderTest): void {
  const store = () => subject().store;

  it('replaces the fields in `set`, leaves the others and answers with the new record', async () => {
    const job = fullJob();
    await store().create(job);
    const set: Partial<JobRecord> = { status: 'COMPLETED', owes: [], deliveries: {}, lease: null };

    const changed = await store().change(job.jobId, { expect: { fence: 3 }, set });

    expect(changed).toEqual({ ...job, ...set });
    expect(await store().get(job.jobId)).toEqual({ ...job, ...set });
  });

  it('holds on to every single field that is expected', async () => {
    const job = fullJob();
    await store().create(job);
    for (const field of Object.keys(job) as (keyof JobRecord)[]) {
      const other = fieldsThatDiffer[field];
      const expectOther = { [field]: other } as Partial<JobRecord>;
      expect(await store().change(job.jobId, { expect: expectOther, set: { sends: 9 } }), field).toBeNull();
    }
    expect(await store().get(job.jobId)).toEqual(job);

    // All of them at once, as they are: objects and lists count by value.
    const { sends: _, ...asItIs } = structuredClone(job);
    expect(await store().change(job.jobId, { expect: asItIs, set: { sends: 9 } })).toMatchObject({
      sends: 9,
    });
  });

  it('takes null for "not there"', async () => {
    const job = aJob();
    await store().create(job);

    const taken = { worker: 'w1', messageId: 'm1', until: 1 };
    expect(
      await store().change(job.jobId, { expect: { lease: null }, set: { lease: taken } }),
    ).not.toBeNull();
    expect(await store().change(job.jobId, { expect: { lease: null }, set: { sends: 1 } })).toBeNull();
    expect(
      await store().change(job.jobId, { expect: { lease: taken }, set: { lease: null } }),
    ).not.toBeNull();
    expect(await store().change(job.jobId, { expect: { lease: null }, set: { sends: 1 } })).not.toBeNull();
  });

  it('compares nested objects by value, whatever the order of their fields', async () => {
    const job = aJob({ lease: { worker: 'w1', messageId: 'm1', until: 5 } });
    await store().create(job);

    const late = { expect: { lease: { worker: 'w1', messageId: 'm1', until: 4 } }, set: { sends: 1 } };
    const sameInOtherOrder = {
      expect: { lease: { until: 5, messageId: 'm1', worker: 'w1' } },
      set: { sends: 2 },
    };

    expect(await store().change(job.jobId, late)).toBeNull();
    expect(await store().change(job.jobId, sameInOtherOrder)).toMatchObject({ sends: 2 });
  });

  it('lets one of many changes from the same state win', async () => {
    const job = aJob({ fence: 0 });
    await store().create(job);

    const claims = Array.from({ length: 10 }, (_, i) =>
      store().change(job.jobId, { expect: { fence: 0 }, set: { fence: 1, sends: i } }),
    );
    const winners = (await Promise.all(claims)).filter((record) => record !== null);

    expect(winners).toHaveLength(1);
    expect(await store().get(job.jobId)).toEqual(winners[0]);
  });

  it('changes one chunk while it is as expected, and leaves the others alone', async () => {
    const slice = { durationSeconds: 600, channel: null };
    const chunks = {
      0: newChunk({ startSeconds: 0, ...slice }),
      1: newChunk({ startSeconds: 600, ...slice }),
    };
    const job = aJob({ status: 'PROCESSING', chunks });
    await store().create(job);
    const lease = { worker: 'w1', messageId: 'm1', until: 5 };
    const claim: JobChange = {
      expect: { status: 'PROCESSING' },
      set: { dueAt: 1_900_000_000_000 },
      chunk: {
        index: 1,
        expect: { fence: 0, lease: null, state: 'waiting' },
        set: { fence: 1, state: 'working', lease },
      },
    };

    const changed = await store().change(job.jobId, claim);

    const working = { ...chunks[1], fence: 1, state: 'working' as const, lease };
    expect(changed).toEqual({ ...job, dueAt: 1_900_000_000_000, chunks: { ...chunks, 1: working } });
    expect(await store().get(job.jobId)).toEqual(changed);
    expect(await store().change(job.jobId, claim), 'the fence has moved').toBeNull();

    const rest = { ...claim, chunk: { index: 1, expect: { lease }, set: { lease: null, retryAt: 9 } } };
    const rested = await store().change(job.jobId, rest);
    expect(rested?.chunks[1]).toEqual({ ...working, lease: null, retryAt: 9 });
  });

  it('refuses the change of a chunk that is not there, or of a job that is not as expected', async () => {
    const job = aJob({ chunks: { 0: newChunk({ startSeconds: 0, durationSeconds: 600, channel: null }) } });
    await store().create(job);
    const chunk = { index: 0, expect: { fence: 0 }, set: { fence: 1 } };

    expect(
      await store().change(job.jobId, { expect: {}, set: {}, chunk: { ...chunk, index: 1 } }),
    ).toBeNull();
    expect(await store().change(job.jobId, { expect: { run: 2 }, set: {}, chunk })).toBeNull();

    expect(await store().get(job.jobId)).toEqual(job);
  });

  it('lets each of many workers change its own chunk at once, and one of two the same chunk', async () => {
    const indexes = Array.from({ length: 10 }, (_, index) => index);
    const chunks = indexes.map((index) =>
      newChunk({ startSeconds: 600 * index, durationSeconds: 600, channel: null }),
    );
    const job = aJob({ chunks: Object.fromEntries(chunks.entries()) });
    await store().create(job);

    const results = await Promise.all(
      [...indexes, ...indexes].map((index) => {
        const chunk = { index, expect: { fence: 0 }, set: { fence: 1 } };
        return store().change(job.jobId, { expect: { run: 1 }, set: {}, chunk });
      }),
    );

    expect(results.filter(Boolean)).toHaveLength(10);
    const stored = Object.values((await store().get(job.jobId))?.chunks ?? {});
    expect(stored.map(({ fence }) => fence)).toEqual(indexes.map(() => 1));
  });

  it('never makes a record out of a change', async () => {
    const jobId = newJobId(1_800_000_000_000);

    expect(await store().change(jobId, { expect: {}, set: { sends: 1 } })).toBeNull();
    expect(await store().change(jobId, { expect: { lease: null }, set: { sends: 1 } })).toBeNull();

    expect(await store().get(jobId)).toBeNull();
  });

  it('reads a record that was made before there was a history, and begins one with its next move', async () => {
    const { history: _, ...old } = aJob({ status: 'QUEUED' });
    await store().create(old as JobRecord);
    const job = await store().get(old.jobId);
    expect(job?.history).toEqual({ items: [], dropped: 0 });

    const claim = claimed(job as JobRecord, { worker: 'w1', messageId: 'm1' }, 5, defaultJobTimes);
    const changed = await store().change(old.jobId, claim);
    expect(changed?.history.items.map(({ event }) => event)).toEqual(['job.claimed']);
    expect(await store().get(old.jobId)).toEqual(changed);
  });

  it('reads chunks that were made before they had a history', async () => {
    const { history: _, ...chunk } = newChunk({ startSeconds: 0, durationSeconds: 600, channel: null });
    const job = aJob({ status: 'PROCESSING', chunks: { 0: chunk as ChunkRecord } });
    await store().create(job);
    const read = (await store().get(job.jobId)) as JobRecord;

    const claim = chunkClaimed(read, 0, { worker: 'w1', messageId: 'm1' }, 5, defaultJobTimes);
    const changed = await store().change(job.jobId, claim);
    expect(changed?.chunks[0]?.history.items.map(({ event }) => event)).toEqual(['chunk.claimed']);
  });

  it('keeps fields of a newer version through a change, and reads the record without them', async () => {
    const job = aJob();
    await store().create(job);
    await subject().plantField(job.jobId, 'speakers', { count: 2, names: ['Ana', 'Ben'] });

    const changed = await store().change(job.jobId, { expect: { fence: 0 }, set: { fence: 1 } });

    expect(changed).toEqual({ ...job, fence: 1 });
    expect(await subject().storedField(job.jobId, 'speakers')).toEqual({ count: 2, names: ['Ana', 'Ben'] });
  });
}

/** As they are met while an update is under way, or after one that was taken back. */
function readsNewerRecords(subject: () => JobStoreUnderTest): void {
  const store = () => subject().store;

  /** Words and fields that this version does not have, in every place that a change writes back as a whole. */
  const newerFields = {
    phase: 'polishing',
    errorCode: 'engine.bored',
    owes: ['announce', 'summarise'],
    deliveries: { '1/FAILED/fax': { state: 'ringing', at: 5, pages: 3 } },
    lease: { worker: 'w1', messageId: 'm1', until: 5, region: 'eu' },
    history: {
      items: [{ at: 5, event: 'job.paused', run: 1, fence: 1, from: 'QUEUED', to: 'PAUSED', mood: 'bad' }],
      dropped: 0,
    },
  };

  it('reads those that only say something new, and carries it through changes', async () => {
    const job = fullJob();
    await store().create(job);
    for (const [field, value] of Object.entries(newerFields)) {
      await subject().plantField(job.jobId, field, value);
    }
    await subject().plantField(job.jobId, 'result', { ...job.result, warnings: ['demo_model', 'too_funny'] });

    const read = (await store().get(job.jobId)) as JobRecord;
    expect(read.result?.warnings).toEqual(['demo_model']);
    const page = await vi.waitFor(async () => {
      const listed = await store().listByUser(job.userId, { limit: 50 });
      return listed.items.some(({ jobId }) => jobId === job.jobId) ? listed : expect.fail('not yet listed');
    });
    expect(page.leftOut).toBe(0);

    const { lease, owes, deliveries } = read;
    const claim = claimed(read, { worker: 'w2', messageId: 'm2' }, 6, defaultJobTimes);
    const taken = await store().change(job.jobId, {
      ...claim,
      expect: { ...claim.expect, lease, owes, deliveries },
    });
    const paidOnce = taken && (await store().change(job.jobId, paid(taken, 'announce', defaultJobTimes)));
    expect(paidOnce?.owes).toEqual(['summarise']);

    const { phase: _, lease: __, owes: ___, history, ...untouched } = newerFields;
    for (const [field, value] of Object.entries(untouched)) {
      expect(await subject().storedField(job.jobId, field), field).toEqual(value);
    }
    expect(await subject().storedField(job.jobId, 'owes')).toEqual(['summarise']);
    expect(await subject().storedField(job.jobId, 'history')).toMatchObject({
      items: [history.items[0], { event: 'job.taken_over', fence: 4 }],
    });
  });

  it.each([
    ['status', 'PAUSED'],
    [
      'chunks',
      { 0: { ...newChunk({ startSeconds: 0, durationSeconds: 1, channel: null }), state: 'halved' } },
    ],
  ])('leaves to the newer version those where it decides what happens next (%s)', async (field, value) => {
    const [newer, ours] = ['newer', 'ours'].map(() => aJob({ userId: `newer-${field}` })) as [
      JobRecord,
      JobRecord,
    ];
    for (const job of [newer, ours]) await store().create(job);
    await subject().plantField(newer.jobId, field, value);

    await expect(store().get(newer.jobId)).rejects.toThrow(RecordFromNewerVersion);
    const change = store().change(newer.jobId, { expect: { fence: 0 }, set: { phase: 'reading' } });
    await expect(change).rejects.toThrow(RecordFromNewerVersion);
    expect(await subject().storedField(newer.jobId, field)).toEqual(value);
    await vi.waitFor(async () => {
      const page = await store().listByUser(newer.userId, { limit: 10 });
      expect(page).toMatchObject({ items: [{ jobId: ours.jobId }], leftOut: 1 });
    });
  });
}

/** For each field a value that `fullJob` does not have. */
const fieldsThatDiffer: { [Field in keyof JobRecord]: JobRecord[Field] } = {
  jobId: 'job_other',
  userId: 'ben',
  fileName: 'other.mp3',
  contentType: 'audio/wav',
  sizeBytes: null,
  audioKey: 'ben/job_other/audio.mp3',
  multipart: { partSizeBytes: 8_388_608, uploadId: 'upload-1' },
  options: defaultTranscriptionOptions,
  notifyTo: null,
  status: 'QUEUED',
  run: 2,
  fence: 4,
  failures: 2,
  interruptions: 1,
  sends: 1,
  createdAt: 1,
  uploadEndsAt: 1,
  startedAt: null,
  finishedAt: 1,
  dueAt: null,
  audioEtag: 'etag-2',
  durationSeconds: 61.123457,
  truncated: true,
  audioCharge: { seconds: 62, at: 1 },
  chunks: { 7: newChunk({ startSeconds: 0, durationSeconds: 600, channel: 0 }) },
  detectedLanguage: { code: 'en', probability: 0.7 },
  lease: { worker: 'w2', messageId: 'm1', until: 1_800_000_031_000 },
  phase: 'done',
  audioSecondsDone: 1,
  audioRemovedAt: 1_800_000_004_000,
  transcriptRemovedAt: 1_800_000_005_000,
  corrections: [{ number: 2, at: 5, by: null }],
  result: null,
  errorCode: null,
  lastError: { code: 'engine.crashed', detail: null, at: 1 },
  deadLetter: { reason: 'engine.crashed', at: 1 },
  owes: ['announce'],
  deliveries: { '1/FAILED/email': { state: 'sent', at: 1_800_000_003_000 } },
  history: { items: [], dropped: 1 },
  erase: { at: 1 },
};

function removesConditionally(store: () => JobStore): void {
  it('removes a record while `expect` holds', async () => {
    const job = aJob({ erase: { at: 5 } });
    await store().create(job);

    expect(await store().remove(job.jobId, { erase: { at: 4 } })).toBe(false);
    expect(await store().get(job.jobId)).toEqual(job);

    expect(await store().remove(job.jobId, { erase: { at: 5 } })).toBe(true);
    expect(await store().get(job.jobId)).toBeNull();
  });

  it('counts a record that was gone before as removed', async () => {
    expect(await store().remove(newJobId(1_800_000_000_000), { run: 1 })).toBe(true);
  });
}

async function allPages(store: JobStore, userId: string, query: JobQuery): Promise<JobRecord[]> {
  const items: JobRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listByUser(userId, cursor === undefined ? query : { ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

function listsByUser(store: () => JobStore): void {
  /** Seven jobs of one user, two of them made in the same millisecond; oldest first. */
  async function sevenJobs(userId: string): Promise<JobRecord[]> {
    const start = 1_800_000_000_000;
    const jobs = [0, 1, 2, 3, 3, 4, 5].map((minute, i) =>
      aJob({ userId, createdAt: start + minute * 60_000, status: i % 2 === 0 ? 'COMPLETED' : 'QUEUED' }),
    );
    for (const job of jobs) await store().create(job);
    return jobs;
  }
  const idsOf = (jobs: JobRecord[]) => jobs.map((job) => job.jobId).sort();

  it("gives a user's jobs page by page, newest first, each once", async () => {
    const jobs = await sevenJobs('list-pages');

    await vi.waitFor(async () => {
      const listed = await allPages(store(), 'list-pages', { limit: 2 });
      const times = listed.map((job) => job.createdAt);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(idsOf(listed)).toEqual(idsOf(jobs));
    });
  });

  it('ends without a cursor when everything fits on one page', async () => {
    const jobs = await sevenJobs('list-one-page');

    await vi.waitFor(async () => {
      const page = await store().listByUser('list-one-page', { limit: 50 });
      expect(idsOf(page.items)).toEqual(idsOf(jobs));
      expect(page.nextCursor).toBeNull();
    });
  });

  it('lists only jobs of the status asked for, on every page', async () => {
    const jobs = await sevenJobs('list-status');
    const queued = jobs.filter((job) => job.status === 'QUEUED');

    await vi.waitFor(async () => {
      const listed = await allPages(store(), 'list-status', { limit: 2, status: 'QUEUED' });
      expect(idsOf(listed)).toEqual(idsOf(queued));
    });
  });

  it('lists only jobs that were created within a range, its end left out, on every page', async () => {
    const jobs = await sevenJobs('list-range');
    const [from, to] = [jobs[2]?.createdAt ?? 0, jobs[5]?.createdAt ?? 0];
    const within = jobs.filter(({ createdAt }) => createdAt >= from && createdAt < to);
    expect(within).toHaveLength(3);

    await vi.waitFor(async () => {
      expect(idsOf(await allPages(store(), 'list-range', { limit: 1, from, to }))).toEqual(idsOf(within));
      const queued = within.filter(({ status }) => status === 'QUEUED');
      const both = { limit: 2, from, to, status: 'QUEUED' } as const;
      expect(idsOf(await allPages(store(), 'list-range', both))).toEqual(idsOf(queued));
      expect(await allPages(store(), 'list-range', { limit: 2, from: to, to: from })).toEqual([]);
    });
  });

  it('hides jobs that are being erased', async () => {
    const jobs = await sevenJobs('list-erased');
    const [gone, ...left] = jobs as [JobRecord, ...JobRecord[]];
    await store().change(gone.jobId, { expect: { erase: null }, set: { erase: { at: 5 } } });

    await vi.waitFor(async () => {
      expect(idsOf(await allPages(store(), 'list-erased', { limit: 3 }))).toEqual(idsOf(left));
    });
  });

  it("never shows another user's jobs, not even by that user's cursor", async () => {
    await sevenJobs('list-owner');
    const cursor = await vi.waitFor(async () => {
      const page = await store().listByUser('list-owner', { limit: 2 });
      expect(page.nextCursor).not.toBeNull();
      return page.nextCursor as string;
    });

    expect((await store().listByUser('list-stranger', { limit: 50 })).items).toEqual([]);
    const withForeignCursor = await store()
      .listByUser('list-stranger', { limit: 50, cursor })
      .catch((error: unknown) => error);
    if (withForeignCursor instanceof BadCursor) return;
    expect(withForeignCursor).toMatchObject({ items: [] });
  });

  it('refuses a cursor that it did not make', async () => {
    const foreign = ['x', 'eyJhIjoxfQ', Buffer.from('[1]').toString('base64url'), '💥', ''];
    for (const cursor of foreign) {
      await expect(store().listByUser('ana', { limit: 5, cursor }), cursor).rejects.toThrow(BadCursor);
    }
  });
}

async function allDeadLetters(store: JobStore, query: DeadLetterQuery): Promise<JobRecord[]> {
  const items: JobRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listDeadLetters(cursor === undefined ? query : { ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** All of them are in one list, so each test has a reason of its own. */
function listsDeadLetters(subject: () => JobStoreUnderTest): void {
  const store = () => subject().store;
  const ids = (jobs: JobRecord[]) => jobs.map(({ jobId }) => jobId);

  async function letters(reason: string, times: number[]): Promise<JobRecord[]> {
    const jobs = times.map((at, i) =>
      aJob({ userId: `dead-${i % 3}`, status: 'FAILED', deadLetter: { reason, at } }),
    );
    for (const job of jobs) await store().create(job);
    return jobs;
  }

  it('gives those of all users page by page, given up last first, each once', async () => {
    const times = [10, 70, 30, 50, 50, 50, 20, 60, 40];
    const jobs = await letters('paged', times);
    await store().create(aJob({ status: 'FAILED' }));

    await vi.waitFor(async () => {
      const listed = await allDeadLetters(store(), { limit: 2, reason: 'paged' });
      expect(listed.map(({ deadLetter }) => deadLetter?.at)).toEqual(times.toSorted((a, b) => b - a));
      expect(ids(listed).sort()).toEqual(ids(jobs).sort());
    });
    expect(await allDeadLetters(store(), { limit: 100, reason: 'paged' })).toHaveLength(9);
    expect(await store().countDeadLetters({ reason: 'paged' })).toBe(9);
  });

  it('gives those of every reason where none is asked for', async () => {
    const jobs = [
      ...(await letters('one', [9_000_000_000_001])),
      ...(await letters('two', [9_000_000_000_002])),
    ];
    await vi.waitFor(async () => {
      const { items } = await store().listDeadLetters({ limit: 2 });
      expect(items).toEqual(jobs.toReversed());
    });
  });

  it('gives only those of before a time, on every page', async () => {
    await letters('timed', [1, 2, 3, 4, 5]);
    const query = { reason: 'timed', before: 4 };
    await vi.waitFor(async () => {
      const listed = await allDeadLetters(store(), { ...query, limit: 1 });
      expect(listed.map(({ deadLetter }) => deadLetter?.at)).toEqual([3, 2, 1]);
      expect(await store().countDeadLetters(query)).toBe(3);
    });
  });

  it('forgets one that is tried afresh or erased, and goes on from a page whose jobs are gone', async () => {
    const jobs = await letters('leaving', [1, 2, 3, 4, 5, 6]);
    await vi.waitFor(async () => expect(await store().countDeadLetters({ reason: 'leaving' })).toBe(6));
    const page = await store().listDeadLetters({ reason: 'leaving', limit: 2 });
    for (const { jobId } of page.items) {
      await store().change(jobId, { expect: {}, set: { deadLetter: null } });
    }

    await vi.waitFor(async () => {
      const listed = await allDeadLetters(store(), { reason: 'leaving', limit: 10 });
      expect(ids(listed)).toEqual(ids(jobs.slice(0, 4).toReversed()));
    });
    const next = { reason: 'leaving', limit: 2, cursor: page.nextCursor ?? '' };
    expect(ids(await allDeadLetters(store(), next))).toEqual(ids(jobs.slice(0, 4).toReversed()));
  });

  it('does not show on a later page what came meanwhile', async () => {
    const jobs = await letters('meanwhile', [1, 2, 3]);
    await vi.waitFor(async () => expect(await store().countDeadLetters({ reason: 'meanwhile' })).toBe(3));
    const page = await store().listDeadLetters({ reason: 'meanwhile', limit: 1 });
    await letters('meanwhile', [4, 5, 6, 7]);
    await vi.waitFor(async () => expect(await store().countDeadLetters({ reason: 'meanwhile' })).toBe(7));

    const next = { reason: 'meanwhile', limit: 10, cursor: page.nextCursor ?? '' };
    expect(ids(await allDeadLetters(store(), next))).toEqual(ids(jobs.slice(0, 2).toReversed()));
  });

  it('refuses a cursor that it did not make', async () => {
    for (const cursor of ['x', 'eyJhIjoxfQ', Buffer.from('[1]').toString('base64url'), '💥', '']) {
      await expect(store().listDeadLetters({ limit: 5, cursor }), cursor).rejects.toThrow(BadCursor);
    }
  });
}

function findsDue(subject: () => JobStoreUnderTest): void {
  const store = () => subject().store;

  it('finds what is due, oldest first, up to the limit', async () => {
    // Due long before anything that the other tests made.
    const times = [400, 100, 300, 200, 500];
    const jobs = times.map((dueAt) => aJob({ dueAt }));
    const settled = aJob({ dueAt: null });
    for (const job of [...jobs, settled]) await store().create(job);

    await vi.waitFor(async () => {
      const due = await store().due(400, 50);
      expect(due.map((job) => job.dueAt)).toEqual([100, 200, 300, 400]);
      expect(due[0]).toEqual(jobs[1]);
      expect((await store().due(400, 2)).map((job) => job.dueAt)).toEqual([100, 200]);
    });

    for (const job of jobs) await store().change(job.jobId, { expect: {}, set: { dueAt: null } });
    await vi.waitFor(async () => expect(await store().due(1_000, 50)).toEqual([]));
  });

  it('follows a record whose `dueAt` moves, erased ones too', async () => {
    const job = aJob({ dueAt: 2_000, erase: { at: 2_000 } });
    await store().create(job);
    const isDue = async (now: number) =>
      (await store().due(now, 50)).some(({ jobId }) => jobId === job.jobId);
    await vi.waitFor(async () => expect(await isDue(2_000)).toBe(true));

    await store().change(job.jobId, { expect: {}, set: { dueAt: 3_000 } });
    await vi.waitFor(async () => expect(await isDue(2_999)).toBe(false));
    expect(await isDue(3_000)).toBe(true);

    await store().remove(job.jobId, {});
    await vi.waitFor(async () => expect(await isDue(3_000)).toBe(false));
  });

  it('leaves a record that only a newer version can read to that version, and finds the others', async () => {
    const [newer, ours] = [aJob({ dueAt: 600 }), aJob({ dueAt: 700 })];
    for (const job of [newer, ours]) await store().create(job);
    await subject().plantField(newer.jobId, 'status', 'PAUSED');
    await vi.waitFor(async () => expect(await store().due(700, 50)).toEqual([ours]));
    await subject().plantField(newer.jobId, 'status', newer.status);
    await vi.waitFor(async () => expect(await store().due(700, 50)).toEqual([newer, ours]));
    for (const { jobId } of [newer, ours]) await store().remove(jobId, {});
  });

  it('walks through all records once, page by page, without those that only a newer version can read', async () => {
    const jobs = Array.from({ length: 7 }, (_, i) => aJob(i === 3 ? { erase: { at: 5 } } : { dueAt: null }));
    for (const job of jobs) await store().create(job);
    const newer = aJob();
    await store().create(newer);
    await subject().plantField(newer.jobId, 'status', 'PAUSED');

    const found: JobRecord[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await store().walk({ limit: 5, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(5);
      found.push(...page.items);
      cursor = page.nextCursor;
    }

    const ids = found.map(({ jobId }) => jobId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(newer.jobId);
    for (const job of jobs) expect(found).toContainEqual(job);
    await subject().plantField(newer.jobId, 'status', newer.status);
  });
}
