import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupFailed } from './backup-failed.ts';

export const manifestName = 'backup.json';

const Sum = z.object({ path: z.string(), sizeBytes: z.number().int(), sha256: z.string() });
export type Sum = z.infer<typeof Sum>;

/**
 * Written last, so whatever has none is no backup. Objects are not listed: the database in the backup names each with its
 * size and the sum of its bytes.
 */
export const BackupManifest = z.object({
  format: z.literal(1),
  /** When the database was as it is in the backup, as ISO 8601. */
  takenAt: z.iso.datetime(),
  files: z.array(Sum),
  objects: z.number().int(),
  bytes: z.number().int(),
  /** Files that the data folder itself had lost, or whose bytes had changed on its disk. */
  lost: z.array(z.string()),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** @throws BackupFailed where there is none, or none that we can read */
export async function readManifest(backup: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(backup, manifestName), 'utf8');
  } catch (cause) {
    const why = `${backup} is no whole backup: it has no ${manifestName}, which is written last.`;
    throw new BackupFailed(why, { cause });
  }
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch (cause) {
    const why = `${join(backup, manifestName)} can't be read: it is damaged, or of a newer version of Verbatim.`;
    throw new BackupFailed(why, { cause });
  }
}
