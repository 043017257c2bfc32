import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The paths, below `root`, of all files that nobody has written to since `before`. */
export async function* leftoverFiles(root: string, before: number): AsyncGenerator<string> {
  for await (const path of filesIn(root)) {
    const written = await stat(path).then(
      (stats) => stats.mtimeMs,
      // Gone meanwhile.
      () => Infinity,
    );
    if (written < before) yield relative(root, path);
  }
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
