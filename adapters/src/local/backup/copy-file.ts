import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, syncFolder } from '../durable-files.ts';
import type { Sum } from './backup-manifest.ts';

export interface Reading {
  /** Called with the bytes of each piece that was read. */
  onBytes?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

const pieceBytes = 1024 * 1024;

/** Copies an open file and sees the copy onto the disk. Answers with what was read. */
export async function copyFile(
  from: FileHandle,
  to: string,
  reading: Reading = {},
): Promise<Omit<Sum, 'path'>> {
  await makeFolder(dirname(to));
  await using target = await open(to, 'w', 0o600);
  const sum = await readThrough(from, (piece) => target.writeFile(piece), reading);
  await target.sync();
  await syncFolder(dirname(to));
  return sum;
}

export async function sumOf(path: string, reading: Reading = {}): Promise<Omit<Sum, 'path'>> {
  await using file = await open(path, 'r');
  return await readThrough(file, async () => {}, reading);
}

async function readThrough(
  file: FileHandle,
  take: (piece: Uint8Array) => Promise<void>,
  { onBytes, signal }: Reading,
): Promise<Omit<Sum, 'path'>> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (let sizeBytes = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, pieceBytes, sizeBytes);
    if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await take(piece);
    sizeBytes += bytesRead;
    onBytes?.(bytesRead);
  }
}
