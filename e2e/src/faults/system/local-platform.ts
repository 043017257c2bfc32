import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type Stored,
  type StoredJob,
  type StoredObject,
  storedJobOf,
  textOfTranscript,
} from '../evidence/stored.ts';
import type { Platform } from './platform.ts';

/** SQLite and files below one folder, read past the adapters: a mistake of theirs must not hide itself. */
export async function openLocalPlatform(dataDir: string): Promise<Platform> {
  const database = join(dataDir, 'verbatim.db');
  const objectsDir = join(dataDir, 'objects');
  return {
    name: 'local',
    environment: { PLATFORM: 'local', DATA_DIR: dataDir },
    lines: {},
    read: async () => reading(database, (db) => readAll(db, objectsDir)),
    jobs: async () => reading(database, jobsIn),
    unfinished: async () =>
      reading(database, (db) => ({
        jobs: count(db, `SELECT count(*) AS n FROM jobs WHERE due_at IS NOT NULL AND NOT ${waitsForTime}`),
        messages: count(db, 'SELECT count(*) AS n FROM messages'),
        waitingForTime: count(db, `SELECT count(*) AS n FROM jobs WHERE ${waitsForTime}`),
      })),
    close: async () => {},
  };
}

const waitsForTime = `(erase_at IS NOT NULL OR status = 'PENDING_UPLOAD')`;

function reading<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function count(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.['n']);
}

function jobsIn(db: DatabaseSync): StoredJob[] {
  const bodies = db.prepare('SELECT body FROM jobs').all();
  return bodies.map((row) => storedJobOf(JSON.parse(String(row['body']))));
}

type ObjectRow = StoredObject & { path: string };

function readAll(db: DatabaseSync, objectsDir: string): Stored {
  const jobs = jobsIn(db);
  const rows = db.prepare('SELECT bucket, key, path FROM objects').all() as unknown as ObjectRow[];
  const pathOf = new Map(rows.map(({ bucket, key, path }) => [`${bucket}/${key}`, path]));
  const objects = rows.map(({ bucket, key }) => ({ bucket, key }));
  const texts = new Map<string, string | null>();
  for (const { record } of jobs) {
    const key = record.result?.transcriptKey;
    const path = key && pathOf.get(`transcripts/${key}`);
    if (path) texts.set(key, textOfTranscript(readFileSync(join(objectsDir, path), 'utf8')));
  }
  const known = new Set(pathOf.values());
  const strayFiles = filesBelow(objectsDir).filter((path) => !known.has(relative(objectsDir, path)));
  const messages = db.prepare('SELECT body FROM messages').all();
  return {
    jobs,
    objects,
    texts,
    messages: messages.map((row) => String(row['body'])),
    strayFiles: strayFiles.length,
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
