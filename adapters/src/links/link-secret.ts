import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BadSettings } from '../program/read-settings.ts';

export const LinkSettings = z.object({
  /** Signs the links in mails; the same for api and notifier. Default on `local`: made once under DATA_DIR. */
  LINK_SECRET: z.string().min(32).optional(),
});
export type LinkSettings = z.infer<typeof LinkSettings>;

/** @throws BadSettings when there is none and no folder that all programs share to keep one in */
export async function linkSecretOf(
  settings: LinkSettings & { PLATFORM: 'local' | 'aws'; DATA_DIR: string },
): Promise<string> {
  if (settings.LINK_SECRET) return settings.LINK_SECRET;
  if (settings.PLATFORM === 'aws') {
    throw new BadSettings(['LINK_SECRET: has to be set when PLATFORM is aws, the same for api and notifier']);
  }
  const path = join(settings.DATA_DIR, 'link-secret');
  return (await readSecret(path)) ?? (await makeSecret(path));
}

async function readSecret(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Programs that start together all come here: the first to link its file wins, and all use what lies there then. */
async function makeSecret(path: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    await using file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}
