import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';
import { makeFolder, syncFolder } from './durable-files.ts';

/**
 * A secret of this installation, 256 bits as text, made when it is first asked for and kept in
 * `DATA_DIR/secrets/{name}`, readable for our own user only. Programs that ask at the same moment get the same one:
 * the first to link its file wins, and all read what lies there then.
 */
export async function localSecret(dataDir: string, name: string): Promise<string> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`not a name for a secret: ${name}`);
  const folder = join(dataDir, dataFolder.secrets);
  const path = join(folder, name);
  return (await read(path)) ?? (await make(folder, path));
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function make(folder: string, path: string): Promise<string> {
  await makeFolder(folder);
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await using file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await syncFolder(folder);
  } finally {
    await rm(unfinished, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}
