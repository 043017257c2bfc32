import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type QueuedMessage, QueueUnavailable, SystemClock } from '@verbatim/domain';
import { FakeClock } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { SqliteMessages } from './sqlite-messages.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';
import { testFolder } from './testing/test-folder.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
let db: LocalDatabase;
beforeEach(async () => {
  folder = await testFolder();
  db = LocalDatabase.open(join(folder.path, 'verbatim.db'), { migrations, additions });
});
afterEach(async () => {
  db.close();
  await folder[Symbol.asyncDispose]();
});

/** A message that somebody received a moment ago, for 30 s. */
async function messageHeldBy(holder: string): Promise<void> {
  const messages = new SqliteMessages(db, holder);
  messages.send('transcription', holder, 'ana', Date.now());
  expect(messages.receive('transcription', Date.now(), Date.now() + 30_000)?.body).toBe(holder);
}

describe('messages that say the same', () => {
  it('wait once, however often they are sent, and again while one is received', async () => {
    const messages = new SqliteMessages(db, 'worker:1');
    const send = (body: string, now: number) => messages.send('transcription', body, 'ana', now);
    send('job 1', 1_000);
    send('job 1', 2_000);
    send('job 2', 2_000);
    expect(messages.depth('transcription', 2_000)).toEqual({ visible: 2, inFlight: 0 });

    const first = messages.receive('transcription', 3_000, 33_000);
    expect(first?.body).toBe('job 1');
    send('job 1', 4_000);
    expect(messages.depth('transcription', 4_000)).toEqual({ visible: 2, inFlight: 1 });
    // What comes back in a minute is not waiting yet.
    const second = messages.receive('transcription', 5_000, 35_000);
    if (second) messages.settle('transcription', second, { returnInMs: 60_000 }, 6_000);
    send(second?.body ?? '', 7_000);
    expect(messages.depth('transcription', 7_000)).toEqual({ visible: 2, inFlight: 2 });
  });
});

describe('a message that an older version took in', () => {
  it('has its turn, although nobody noted what its group was served for', async () => {
    const queue = new SqliteWorkQueue(db, new SystemClock());
    await queue.send('transcription', 'of the older version', { groupId: 'ana' });
    db.prepare('DELETE FROM served_groups').run();
    const seen: string[] = [];

    const consumer = queue.consume('transcription', { slots: 1 }, async ({ body }) => {
      seen.push(body);
      return 'done';
    });

    await vi.waitFor(() => expect(seen).toEqual(['of the older version']));
    await consumer.stop({ graceMs: 0 });
  });
});

describe('a message of a process that is gone', () => {
  it('is free as soon as somebody on the same machine begins to consume', async () => {
    const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
    // The second one: in a container, whoever comes back after a crash has the same number again.
    const gone = [`${hostname()}:${deadPid}:1`, `${hostname()}:${process.pid}:before-the-crash`];
    const alive = [`${hostname()}:${process.ppid}:1`, `another-machine:${deadPid}:1`];
    for (const holder of [...gone, ...alive]) await messageHeldBy(holder);
    const queue = new SqliteWorkQueue(db, new SystemClock());
    const seen: QueuedMessage[] = [];

    const consumer = queue.consume('transcription', { slots: 2 }, async (message) => {
      seen.push(message);
      return 'done';
    });

    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 4_000 });
    expect(seen.map(({ body }) => body).sort()).toEqual(gone.sort());
    expect(seen.map(({ receives }) => receives)).toEqual([2, 2]);
    await consumer.stop({ graceMs: 0 });
    expect(await queue.depth('transcription')).toEqual({ visible: 0, inFlight: 2 });
  });

  it('stays with its handler when a second consumer begins in the same process', async () => {
    const queue = new SqliteWorkQueue(db, new SystemClock());
    const release = Promise.withResolvers<void>();
    const receives: number[] = [];
    const handle = async (message: QueuedMessage) => {
      receives.push(message.receives);
      await release.promise;
      return 'done' as const;
    };
    await queue.send('transcription', 'one', { groupId: 'ana' });
    const first = queue.consume('transcription', { slots: 1 }, handle);
    await vi.waitFor(() => expect(receives).toHaveLength(1));

    const second = queue.consume('transcription', { slots: 1 }, handle);
    await queue.send('transcription', 'two', { groupId: 'ana' });
    await vi.waitFor(() => expect(receives).toHaveLength(2));
    release.resolve();
    await Promise.all([first.stop({ graceMs: 2_000 }), second.stop({ graceMs: 2_000 })]);

    expect(receives).toEqual([1, 1]);
    expect(await queue.depth('transcription')).toEqual({ visible: 0, inFlight: 0 });
  });
});

describe('SqliteWorkQueue', () => {
  it('lets a message wait longer each time that its handler throws, up to a minute', async () => {
    const clock = new FakeClock();
    const queue = new SqliteWorkQueue(db, clock, { lookMs: 5 });
    const waitingSince = () =>
      Number(db.prepare('SELECT visible_at FROM messages WHERE holder IS NULL').get()?.['visible_at']);
    await queue.send('transcription', 'thrown', { groupId: 'ana' });
    const consumer = queue.consume('transcription', { slots: 1 }, async () => {
      throw new Error('stumbled');
    });

    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const wait = await vi.waitFor(() => {
        expect(waitingSince()).toBeGreaterThan(clock.now());
        return waitingSince() - clock.now();
      });
      waits.push(wait);
      clock.advance(wait);
    }

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await consumer.stop({ graceMs: 1_000 });
  });

  it('reports a table that does not answer, and carries on when it does', async () => {
    const impatient = LocalDatabase.open(db.path, { migrations, busyMs: 10 });
    const queue = new SqliteWorkQueue(impatient, new SystemClock(), { lookMs: 20 });
    const errors: unknown[] = [];
    const seen: string[] = [];
    await queue.send('transcription', 'patience', { groupId: 'ana' });
    db.prepare('BEGIN IMMEDIATE').run();

    const onError = (error: unknown) => errors.push(error);
    queue.consume('transcription', { slots: 1, onError }, async ({ body }) => {
      seen.push(body);
      return 'done';
    });
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(1), { timeout: 4_000 });
    expect(seen).toEqual([]);
    db.prepare('COMMIT').run();

    await vi.waitFor(() => expect(seen).toEqual(['patience']), { timeout: 4_000 });
    for (const error of errors) expect(error).toBeInstanceOf(QueueUnavailable);
    await queue.close();
    impatient.close();
  });

  it('keeps nothing of messages that are done', async () => {
    const queue = new SqliteWorkQueue(db, new SystemClock());
    for (let i = 0; i < 9; i++) await queue.send('transcription', `${i}`, { groupId: `user-${i % 3}` });

    const consumer = queue.consume('transcription', { slots: 3 }, async () => 'done');

    await vi.waitFor(async () => expect((await queue.depth('transcription')).visible).toBe(0));
    await consumer.stop({ graceMs: 2_000 });
    for (const table of ['messages', 'message_groups', 'dead_letters']) {
      expect(db.prepare(`SELECT count(*) AS rows FROM ${table}`).get(), table).toEqual({ rows: 0 });
    }
  });

  it('says why a message is dead, and since when', async () => {
    const clock = new FakeClock(5_000);
    const queue = new SqliteWorkQueue(db, clock);
    await queue.send('uploads', 'not json', { groupId: 'ana' });

    const consumer = queue.consume('uploads', { slots: 1 }, async () => ({ dead: 'message.undecodable' }));

    await vi.waitFor(() => {
      expect(db.prepare('SELECT queue, body, reason, at FROM dead_letters').all()).toEqual([
        { queue: 'uploads', body: 'not json', reason: 'message.undecodable', at: 5_000 },
      ]);
    });
    await consumer.stop({ graceMs: 1_000 });
  });
});
