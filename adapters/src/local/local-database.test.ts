import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueueUnavailable, StorageUnavailable, SystemClock } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { SqliteCounters } from './sqlite-counters.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';
import { SqliteWorkerRegistry } from './sqlite-worker-registry.ts';
import { testFolder } from './testing/test-folder.ts';

const notes = 'CREATE TABLE notes (text TEXT NOT NULL)';
const tags = 'CREATE TABLE tags (name TEXT NOT NULL); INSERT INTO tags SELECT upper(text) FROM notes';

function textsIn(db: LocalDatabase, table: string, column: string): unknown[] {
  return db
    .prepare(`SELECT ${column} AS value FROM ${table}`)
    .all()
    .map((row) => row['value']);
}

describe('LocalDatabase', () => {
  it('writes to a log that reaches the disk before a write is answered', async () => {
    await using folder = await testFolder();
    const db = LocalDatabase.open(join(folder.path, 'a.db'), { migrations: [notes] });

    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(db.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    expect(db.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5_000 });
    db.close();
  });

  it('makes all writes of a transaction or none', async () => {
    await using folder = await testFolder();
    const db = LocalDatabase.open(join(folder.path, 'a.db'), { migrations: [notes] });
    const insert = db.prepare('INSERT INTO notes VALUES (?)');

    const broken = () =>
      db.write(() => {
        insert.run('first');
        insert.run(null);
      });

    expect(broken).toThrow(/NOT NULL/);
    expect(textsIn(db, 'notes', 'text')).toEqual([]);
    db.write(() => insert.run('second'));
    expect(textsIn(db, 'notes', 'text')).toEqual(['second']);
    db.close();
  });
});

describe('a migration', () => {
  it('leads an existing file to new tables and keeps a copy of how it was', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    const old = LocalDatabase.open(path, { migrations: [notes] });
    old.prepare('INSERT INTO notes VALUES (?)').run('kept');
    old.close();

    const db = LocalDatabase.open(path, { migrations: [notes, tags] });

    expect(textsIn(db, 'notes', 'text')).toEqual(['kept']);
    expect(textsIn(db, 'tags', 'name')).toEqual(['KEPT']);
    db.close();
    const backup = LocalDatabase.open(`${path}.v1.backup`, { migrations: [notes] });
    expect(textsIn(backup, 'notes', 'text')).toEqual(['kept']);
    expect(textsIn(backup, 'sqlite_schema', 'name')).toEqual(['notes']);
    backup.close();
  });

  it('makes no copy of a new file, nor of one that is up to date', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');

    for (let i = 0; i < 2; i++) LocalDatabase.open(path, { migrations: [notes, tags] }).close();

    expect(await readdir(folder.path)).toEqual(['a.db']);
  });

  it('that fails leaves the file as it was', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    LocalDatabase.open(path, { migrations: [notes] }).close();

    const broken = [notes, `${tags}; SELECT nonsense`];
    expect(() => LocalDatabase.open(path, { migrations: broken })).toThrow(/nonsense/);

    const db = LocalDatabase.open(path, { migrations: [notes] });
    expect(textsIn(db, 'sqlite_schema', 'name')).toEqual(['notes']);
    db.close();
    // And the next try, with the step mended, goes through.
    LocalDatabase.open(path, { migrations: [notes, tags] }).close();
  });

  it('adds what older versions do without, and they still open the file', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    const additions = [
      'CREATE TABLE IF NOT EXISTS stars (name TEXT); CREATE INDEX IF NOT EXISTS stars_by_name ON stars (name)',
    ];
    LocalDatabase.open(path, { migrations: [notes] }).close();
    for (let i = 0; i < 2; i++) {
      const db = LocalDatabase.open(path, { migrations: [notes], additions });
      db.prepare('INSERT INTO stars VALUES (?)').run('Sirius');
      db.close();
    }

    const old = LocalDatabase.open(path, { migrations: [notes] });
    old.prepare('INSERT INTO notes VALUES (?)').run('from the older one');
    old.close();
    const db = LocalDatabase.open(path, { migrations: [notes], additions });
    expect(textsIn(db, 'stars', 'name')).toEqual(['Sirius', 'Sirius']);
    expect(textsIn(db, 'notes', 'text')).toEqual(['from the older one']);
    db.close();
    expect(await readdir(folder.path)).toEqual(['a.db']);
  });

  it('opens while another program writes, when nothing is missing', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    const writer = LocalDatabase.open(path, { migrations, additions });
    writer.prepare('BEGIN IMMEDIATE').run();
    LocalDatabase.open(path, { migrations, additions, busyMs: 20 }).close();
    writer.prepare('COMMIT').run();
    writer.close();
  });

  it('refuses a file of a newer version rather than harm it', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    LocalDatabase.open(path, { migrations: [notes, tags] }).close();

    expect(() => LocalDatabase.open(path, { migrations: [notes] })).toThrow(
      /newer version of Verbatim .*Start that version, or restore a backup/,
    );
  });
});

describe('a database that does not answer', () => {
  async function expectUnavailable(db: LocalDatabase): Promise<void> {
    const clock = new SystemClock();
    const store = new SqliteJobStore(db);
    const row = {
      workerId: 'w',
      version: '1',
      slots: 1,
      busy: 0,
      model: 'demo',
      realTimeFactor: null,
      engine: 'e',
      startedAt: 1,
      seenAt: 1,
    };
    await expect(store.create(aJob({ fileName: 'x'.repeat(9_000) }))).rejects.toThrow(StorageUnavailable);
    await expect(new SqliteCounters(db, clock).addIfBelow('k'.repeat(9_000), 1, 5, 60)).rejects.toThrow(
      StorageUnavailable,
    );
    await expect(new SqliteWorkerRegistry(db).beat({ ...row, model: 'x'.repeat(9_000) })).rejects.toThrow(
      StorageUnavailable,
    );
    const send = new SqliteWorkQueue(db, clock).send('uploads', 'x'.repeat(9_000), { groupId: 'ana' });
    await expect(send).rejects.toThrow(QueueUnavailable);
  }

  it('is unavailable while another program writes, and back afterwards', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'a.db');
    const writer = LocalDatabase.open(path, { migrations, additions });
    const db = LocalDatabase.open(path, { migrations, busyMs: 20 });

    writer.prepare('BEGIN IMMEDIATE').run();
    await expectUnavailable(db);
    writer.prepare('COMMIT').run();

    expect(await new SqliteJobStore(db).create(aJob())).toBe(true);
    writer.close();
    db.close();
  });

  it('is unavailable for writing when it may not grow, keeps what it has, and is back when it may', async () => {
    await using folder = await testFolder();
    const db = LocalDatabase.open(join(folder.path, 'a.db'), { migrations, additions });
    const store = new SqliteJobStore(db);
    const before = aJob();
    await store.create(before);

    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
    db.prepare(`PRAGMA max_page_count = ${pages}`).get();
    await expectUnavailable(db);
    expect(await store.get(before.jobId)).toEqual(before);
    await store.ping();

    db.prepare('PRAGMA max_page_count = 1000000').get();
    expect(await store.create(aJob())).toBe(true);
    db.close();
  });

  it('does not hide mistakes of ours behind that', async () => {
    await using folder = await testFolder();
    const db = LocalDatabase.open(join(folder.path, 'a.db'), { migrations, additions });
    const store = new SqliteJobStore(db);
    db.close();

    await expect(store.get('job_1')).rejects.not.toThrow(StorageUnavailable);
  });
});

describe('the indexes', () => {
  it('answer every question without going through a whole table or sorting it', async () => {
    await using folder = await testFolder();
    const db = LocalDatabase.open(join(folder.path, 'a.db'), { migrations, additions });
    const asked: string[] = [];
    const listening = new Proxy(db, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              asked.push(sql);
              return target.prepare(sql);
            }
          : Reflect.get(target, name),
    });
    new SqliteJobStore(listening);
    new SqliteWorkQueue(listening, new SystemClock());
    new SqliteCounters(listening, new SystemClock());

    const plans = asked
      .filter(
        (sql) => !/PRAGMA|count\(\*\) FROM \(|DISTINCT holder|FROM message_groups AS g\s+WHERE NOT/.test(sql),
      )
      .map((sql) => ({ sql, steps: db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() }))
      .map(({ sql, steps }) => ({ sql, steps: steps.map((step) => String(step['detail'])) }));

    expect(plans.length).toBeGreaterThan(15);
    for (const { sql, steps } of plans) {
      expect(
        steps.filter((step) => /^SCAN (?!CONSTANT)|TEMP B-TREE/.test(step)),
        sql,
      ).toEqual([]);
    }
    db.close();
  });
});
