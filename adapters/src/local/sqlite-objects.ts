import type { Bucket, ObjectInfo } from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';

/** `parts`: of uploads that are not joined yet. Nobody outside of the local platform knows of it. */
export type LocalBucket = Bucket | 'parts';

export interface ObjectRow extends ObjectInfo {
  /** Of the file, below the folder of the store. */
  path: string;
}

/**
 * Which objects there are, and which files are theirs. A file that is not an object's any more is noted as doomed in
 * the same write, so that it goes even if we die before we remove it.
 */
export class SqliteObjects {
  readonly #db: LocalDatabase;
  readonly #statements;

  constructor(db: LocalDatabase) {
    this.#db = db;
    this.#statements = {
      find: db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?'),
      list: db.prepare('SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key'),
      save: db.prepare(`INSERT OR REPLACE INTO objects (bucket, key, path, size_bytes, etag, content_type)
        VALUES (?, ?, ?, ?, ?, ?)`),
      doom: db.prepare('INSERT INTO doomed_files (path) VALUES (?)'),
      removePrefix: db.prepare(
        'DELETE FROM objects WHERE bucket = ? AND key >= ? AND key < ? RETURNING path',
      ),
      hasPath: db.prepare('SELECT 1 FROM objects WHERE path = ?'),
      doomed: db.prepare('SELECT path FROM doomed_files'),
      forget: db.prepare('DELETE FROM doomed_files WHERE path = ?'),
    };
  }

  find(bucket: LocalBucket, key: string): ObjectRow | null {
    const row = this.#statements.find.get(bucket, key);
    return row ? objectRowOf(row) : null;
  }

  /** Those whose key starts with `prefix`, by key. */
  list(bucket: LocalBucket, prefix: string): (ObjectRow & { key: string })[] {
    const rows = this.#statements.list.all(bucket, prefix, `${prefix}\u{10FFFF}`);
    return rows.map((row) => ({ ...objectRowOf(row), key: String(row['key']) }));
  }

  /** False, and nothing written, when the key is taken and must not be. */
  save(bucket: LocalBucket, key: string, row: ObjectRow, options: { ifAbsent: boolean }): boolean {
    return this.#db.write(() => {
      const old = this.find(bucket, key);
      if (old && options.ifAbsent) return false;
      if (old) this.#statements.doom.run(old.path);
      this.#statements.save.run(bucket, key, row.path, row.sizeBytes, row.etag, row.contentType);
      return true;
    });
  }

  removePrefix(bucket: LocalBucket, prefix: string): void {
    this.#db.write(() => {
      const rows = this.#statements.removePrefix.all(bucket, prefix, `${prefix}\u{10FFFF}`);
      for (const row of rows) this.#statements.doom.run(String(row['path']));
    });
  }

  hasPath(path: string): boolean {
    return this.#statements.hasPath.get(path) !== undefined;
  }

  doomedFiles(): string[] {
    return this.#statements.doomed.all().map((row) => String(row['path']));
  }

  /** The doomed files are gone. */
  forget(paths: string[]): void {
    if (paths.length === 0) return;
    this.#db.write(() => {
      for (const path of paths) this.#statements.forget.run(path);
    });
  }
}

function objectRowOf(row: Record<string, unknown>): ObjectRow {
  const { path, etag, content_type: contentType, size_bytes: sizeBytes } = row;
  return {
    path: String(path),
    etag: String(etag),
    contentType: String(contentType),
    sizeBytes: Number(sizeBytes),
  };
}
