import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** What `<model>.json` remembers, so that a start need not read the whole model to trust it. */
const KeptFile = z.object({ sha1: z.string(), sizeBytes: z.number(), modifiedSeconds: z.number() });
type KeptFile = z.infer<typeof KeptFile>;

/** Moves a finished file to where it is looked for, so that a model is there whole or not at all, even after a power cut. */
export async function keepFile(from: string, to: string, sha1: string): Promise<void> {
  const file = await open(from, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  // The record goes first: a file without one would be taken for one that somebody put there by hand.
  await writeRecord(to, { sha1, ...(await looksOf(from)) });
  await rename(from, to);
}

/**
 * True when the file at `path` is the one we kept. `expectedSha1` is the published sum, where there is one. Size and time
 * decide, unless `verify` asks for the whole sum. A file without a record and without a published sum was put there by hand
 * and is taken as it is.
 */
export async function isKept(
  path: string,
  { expectedSha1, verify = false }: { expectedSha1?: string | undefined; verify?: boolean | undefined },
): Promise<boolean> {
  const looks = await looksOf(path).catch(() => undefined);
  if (!looks) return false;
  const record = await readRecord(path);
  const sha1 = expectedSha1 ?? record?.sha1;
  if (!sha1) return true;
  const unchanged =
    record?.sha1 === sha1 &&
    record.sizeBytes === looks.sizeBytes &&
    record.modifiedSeconds === looks.modifiedSeconds;
  if (unchanged && !verify) return true;
  if ((await sha1Of(path)) !== sha1) return false;
  // A copy (an image, another disk) has a new time. A folder that can't be written to only costs the sum at every start.
  if (!unchanged) await writeRecord(path, { sha1, ...looks }).catch(() => undefined);
  return true;
}

export async function dropKept(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(recordOf(path), { force: true });
}

export async function sha1Of(path: string): Promise<string> {
  const hash = createHash('sha1');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

const recordOf = (path: string) => `${path}.json`;

/** Whole seconds: image layers and archives keep no finer time. */
async function looksOf(path: string): Promise<Omit<KeptFile, 'sha1'>> {
  const { size, mtimeMs } = await stat(path);
  return { sizeBytes: size, modifiedSeconds: Math.floor(mtimeMs / 1000) };
}

async function writeRecord(path: string, record: KeptFile): Promise<void> {
  await writeFile(recordOf(path), `${JSON.stringify(record)}\n`);
}

async function readRecord(path: string): Promise<KeptFile | undefined> {
  try {
    return KeptFile.parse(JSON.parse(await readFile(recordOf(path), 'utf8')));
  } catch {
    return undefined;
  }
}
