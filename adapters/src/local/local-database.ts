import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isPassing } from './storage-faults.ts';

export interface DatabaseOptions {
  /** How long a write waits for those of other programs, in milliseconds. */
  busyMs?: number;
  migrations: readonly string[];
  /** What makes each table that is missing: CREATE … IF NOT EXISTS, which asks for no lock where it is there. */
  additions?: readonly string[];
}

/**
 * The one file that the programs of a box share. Every write is one short transaction that takes the write lock first
 * (BEGIN IMMEDIATE): a lock that is upgraded later can fail without waiting. Nothing in it may await.
 */
export class LocalDatabase {
  readonly path: string;
  readonly #db: DatabaseSync;

  private constructor(path: string, db: DatabaseSync) {
    this.path = path;
    this.#db = db;
  }

  /** Opens the file, makes it where there is none, and brings its tables up to date. */
  static open(path: string, { busyMs = 5_000, migrations, additions = [] }: DatabaseOptions): LocalDatabase {
    keepPrivate(path);
    const db = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: true });
    try {
      useWriteAheadLog(db, busyMs);
      db.exec('PRAGMA synchronous = FULL');
      const database = new LocalDatabase(path, db);
      database.#migrate(migrations);
      for (const addition of additions) db.exec(addition);
      return database;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  /** Runs `work` as one transaction: all of its writes or none. */
  write<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back by itself already.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #migrate(migrations: readonly string[]): void {
    if (this.#version() === migrations.length) return;
    // Programs that start together: the first one migrates, the others wait for the lock and find it done.
    this.write(() => {
      const version = this.#version();
      if (version > migrations.length) {
        throw new Error(
          `${this.path} was made by a newer version of Verbatim (its tables are version ${version}, ours ${migrations.length}). ` +
            'Start that version, or restore a backup from before it ("Back up" in the README).',
        );
      }
      if (version > 0 && version < migrations.length) this.#backUp(version);
      for (const step of migrations.slice(version)) this.#db.exec(step);
      this.#db.exec(`PRAGMA user_version = ${migrations.length}`);
    });
  }

  /** A copy beside the file, as it was before this version touched it. By a second connection: ours is writing. */
  #backUp(version: number): void {
    const backup = `${this.path}.v${version}.backup`;
    const unfinished = `${backup}.part`;
    if (existsSync(backup)) return;
    rmSync(unfinished, { force: true });
    const reader = new DatabaseSync(this.path);
    try {
      closeSync(openSync(unfinished, 'wx', 0o600));
      reader.prepare('VACUUM INTO ?').run(unfinished);
    } finally {
      reader.close();
    }
    renameSync(unfinished, backup);
  }

  #version(): number {
    return Number(this.#db.prepare('PRAGMA user_version').get()?.['user_version']);
  }
}

/**
 * For our own user only, like the folder around it: SQLite gives a log the mode of its database. Files of versions that
 * did not see to it are put right.
 */
function keepPrivate(path: string): void {
  // Never opened when it is there: to close it again would let go of the locks of all our connections to it (fcntl).
  orIgnored(['EEXIST'], () => closeSync(openSync(path, 'wx', 0o600)));
  // No log yet; or the file is another user's, who lets us write to it.
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    orIgnored(['ENOENT', 'EPERM'], () => chmodSync(file, 0o600));
  }
}

function orIgnored(codes: string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/** Turning on the log needs the file for a moment alone, and SQLite does not wait for that by itself. */
function useWriteAheadLog(db: DatabaseSync, busyMs: number): void {
  const giveUpAt = Date.now() + busyMs;
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isPassing(error) || Date.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
