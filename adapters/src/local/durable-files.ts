import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a folder that survives a power cut, with those above it, for our own user only. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A new folder is an entry in the one above it: that one has to reach the disk too.
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Sees to it that the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** Removes a folder and those above it, up to `root`, as far as nothing is in them. */
export async function removeEmptyFolders(path: string, root: string): Promise<void> {
  try {
    for (let folder = path; folder.startsWith(`${root}/`); folder = dirname(folder)) await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
  }
}
