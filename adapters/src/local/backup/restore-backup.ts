import { existsSync } from 'node:fs';
import { chown, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder, syncFolder } from '../durable-files.ts';
import { BackupFailed } from './backup-failed.ts';
import { type BackupManifest, manifestName, readManifest } from './backup-manifest.ts';
import { type BackupOptions, counting } from './backup-progress.ts';
import { copyFile } from './copy-file.ts';
import { verifyBackup } from './verify-backup.ts';

/**
 * Makes a data folder of a backup that verifies; the next `npm start` on it goes on where the backup was taken. Made
 * aside and moved into place whole; it belongs to whoever the folder in its place belonged to, as a container's volume
 * belongs to the container's user. @throws BackupFailed, also when something is in `dataDir`; or the signal's reason
 */
export async function restoreBackup(
  backup: string,
  dataDir: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  const place = resolve(dataDir);
  if (existsSync(place) && (await readdir(place)).length > 0) {
    throw new BackupFailed(`${place} is not empty: move it away first, or name another folder.`);
  }
  const { signal } = options;
  const { bytes } = await readManifest(backup);
  const manifest = await verifyBackup(backup, { signal, onBytes: counting('checking', bytes, options) });

  const aside = `${place}.part`;
  await rm(aside, { recursive: true, force: true });
  await makeFolder(aside);
  try {
    const onBytes = counting('copying', bytes, options);
    for (const path of await filesBelow(backup)) {
      if (path === manifestName) continue;
      await using source = await open(join(backup, path), 'r');
      await copyFile(source, join(aside, path), { signal, onBytes });
    }
    if (existsSync(place)) await giveAll(aside, await stat(place));
    await rename(aside, place);
    await syncFolder(dirname(place));
    return manifest;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

/** Only root may give anything away, and nobody else needs to. */
async function giveAll(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const below = await readdir(folder, { recursive: true });
  for (const path of ['', ...below]) await chown(join(folder, path), uid, gid);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => path.slice(join(folder, '/').length));
}
