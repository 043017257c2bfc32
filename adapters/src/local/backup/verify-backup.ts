import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BackupFailed } from './backup-failed.ts';
import { type BackupManifest, databaseName, objectsFolder, readManifest } from './backup-manifest.ts';
import { sumOf } from './copy-file.ts';
import { isWhole, type StoredFile, storedFiles } from './stored-files.ts';

interface VerifyOptions {
  onBytes?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/** Reads every byte of a backup and compares. @throws BackupFailed that says what is wrong, or the signal's reason */
export async function verifyBackup(backup: string, options: VerifyOptions = {}): Promise<BackupManifest> {
  const manifest = await readManifest(backup);
  const wrong: string[] = [];
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const found = await sumIfThere(join(backup, path), options);
    if (found?.sizeBytes !== sizeBytes || found.sha256 !== sha256) wrong.push(path);
  }
  // What names the objects has to be right itself.
  if (wrong.length === 0) wrong.push(...(await wrongObjects(backup, manifest, options)));
  if (wrong.length === 0) return manifest;
  const others = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
  throw new BackupFailed(
    `${backup} is damaged: ${wrong.slice(0, 3).join(', ')}${others} missing or not as written.`,
  );
}

async function wrongObjects(
  backup: string,
  manifest: BackupManifest,
  options: VerifyOptions,
): Promise<string[]> {
  const files = readDatabase(join(backup, databaseName));
  const wrong = files.length === manifest.objects ? [] : [databaseName];
  const lost = new Set(manifest.lost);
  for (const file of files) {
    if (lost.has(file.path)) continue;
    const found = await sumIfThere(join(backup, objectsFolder, file.path), options);
    if (!found || !isWhole(file, found)) wrong.push(join(objectsFolder, file.path));
  }
  return wrong;
}

function readDatabase(path: string): StoredFile[] {
  using db = new DatabaseSync(path, { readOnly: true });
  const check = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  if (check !== 'ok') throw new BackupFailed(`${path} is damaged: ${String(check)}.`);
  return storedFiles(db);
}

async function sumIfThere(path: string, options: VerifyOptions) {
  return sumOf(path, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
