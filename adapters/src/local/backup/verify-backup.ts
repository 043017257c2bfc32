import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dataFolder } from '../data-folder.ts';
import { BackupFailed } from './backup-failed.ts';
import { type BackupManifest, readManifest } from './backup-manifest.ts';
import { type Reading, sumOf } from './copy-file.ts';
import { isWhole, type StoredFile, storedFiles } from './stored-files.ts';

/** Reads every byte of a backup and compares. @throws BackupFailed that says what is wrong, or the signal's reason */
export async function verifyBackup(backup: string, reading: Reading = {}): Promise<BackupManifest> {
  const manifest = await readManifest(backup);
  const wrong: string[] = [];
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const found = await sumIfThere(join(backup, path), reading);
    if (found?.sizeBytes !== sizeBytes || found.sha256 !== sha256) wrong.push(path);
  }
  // What names the objects has to be right itself.
  if (wrong.length === 0) wrong.push(...(await wrongObjects(backup, manifest, reading)));
  if (wrong.length === 0) return manifest;
  const others = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
  throw new BackupFailed(
    `${backup} is damaged: ${wrong.slice(0, 3).join(', ')}${others} missing or not as written.`,
  );
}

async function wrongObjects(backup: string, manifest: BackupManifest, reading: Reading): Promise<string[]> {
  const files = readDatabase(join(backup, dataFolder.database));
  const wrong = files.length === manifest.objects ? [] : [dataFolder.database];
  const lost = new Set(manifest.lost);
  for (const file of files) {
    if (lost.has(file.path)) continue;
    const found = await sumIfThere(join(backup, dataFolder.objects, file.path), reading);
    if (!found || !isWhole(file, found)) wrong.push(join(dataFolder.objects, file.path));
  }
  return wrong;
}

function readDatabase(path: string): StoredFile[] {
  using db = new DatabaseSync(path, { readOnly: true });
  const check = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  if (check !== 'ok') throw new BackupFailed(`${path} is damaged: ${String(check)}.`);
  return storedFiles(db);
}

async function sumIfThere(path: string, reading: Reading) {
  return sumOf(path, reading).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
