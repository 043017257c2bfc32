import type { DatabaseSync } from 'node:sqlite';

/** The file of an object, as the database knows it. */
export interface StoredFile {
  /** Below the folder of the objects. Never used twice: the file of this path never changes. */
  path: string;
  sizeBytes: number;
  /** How the SHA-256 of its bytes begins, in hex. */
  etag: string;
}

export function storedFiles(db: DatabaseSync): StoredFile[] {
  return db
    .prepare('SELECT path, size_bytes, etag FROM objects ORDER BY path')
    .all()
    .map((row) => ({
      path: String(row['path']),
      sizeBytes: Number(row['size_bytes']),
      etag: String(row['etag']),
    }));
}

export function isWhole(file: StoredFile, found: { sizeBytes: number; sha256: string }): boolean {
  return found.sizeBytes === file.sizeBytes && found.sha256.startsWith(file.etag);
}
