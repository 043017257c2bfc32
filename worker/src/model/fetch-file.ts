import { open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export interface FetchRequest {
  url: URL;
  /** Grows while bytes come and stays for the next try when they stop coming. */
  partPath: string;
  /** No byte for so long: given up. */
  stallMs: number;
  /** Between a connection that broke after some bytes and the next one. */
  pauseMs: number;
  progress?: (bytesDone: number, bytesTotal: number | undefined) => void;
  signal?: AbortSignal | undefined;
}

/** Nothing more comes from there for now. The message is half a sentence for people and names no path. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}

/** The connection broke after it brought something: going on from there makes sense. */
class ConnectionDropped extends FetchFailed {}

const maxDrops = 5;

/**
 * Fetches `url` into `partPath`, going on where an earlier try stopped if the server can. Follows redirects. Says nothing
 * about whether the bytes are the right ones: compare a sum.
 * @throws FetchFailed, errors of the file system, the reason of `signal`
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  for (let drops = 1; ; drops++) {
    try {
      return await receive(request);
    } catch (error) {
      if (!(error instanceof ConnectionDropped) || drops === maxDrops) throw error;
      await sleep(request.pauseMs, undefined, { signal: request.signal });
    }
  }
}

async function receive(request: FetchRequest): Promise<void> {
  const part = await readPart(request.partPath);
  if (part.bytes > 0 && part.bytes === part.totalBytes) return;
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), request.stallMs);
  let bytesReceived = 0;
  try {
    const response = await ask(request.url, part, [
      stall.signal,
      ...(request.signal ? [request.signal] : []),
    ]);
    // The part is as long as the file or longer: the sum will tell which.
    if (response.status === 416) return;
    const from = await beginPart(request.partPath, part, response);
    const file = await open(request.partPath, from.bytes > 0 ? 'a' : 'w');
    try {
      for await (const chunk of response.body ?? []) {
        await file.appendFile(chunk);
        timer.refresh();
        bytesReceived += chunk.length;
        request.progress?.(from.bytes + bytesReceived, from.totalBytes);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    request.signal?.throwIfAborted();
    const host = request.url.host;
    if (stall.signal.aborted) {
      throw new FetchFailed(`no byte came from ${host} for ${request.stallMs / 1000} s`);
    }
    // fetch reports every trouble of the network as a TypeError; what is left is ours or the file system's.
    if (!(error instanceof TypeError)) throw error;
    if (bytesReceived > 0) throw new ConnectionDropped(`the connection to ${host} broke`, { cause: error });
    throw new FetchFailed(`${host} can't be reached${causeCode(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    // Whatever is still open would keep the program from ending.
    stall.abort();
  }
}

async function ask(url: URL, part: Part, signals: AbortSignal[]): Promise<Response> {
  const headers = new Headers({ 'accept-encoding': 'identity' });
  if (part.bytes > 0) {
    headers.set('range', `bytes=${part.bytes}-`);
    // Without a tag the sum at the end still tells whether the file was replaced in between.
    if (part.etag) headers.set('if-range', part.etag);
  }
  const response = await fetch(url, { headers, signal: AbortSignal.any(signals) });
  if (response.status === 200 || response.status === 206 || response.status === 416) return response;
  throw new FetchFailed(`${url.host} answered ${response.status}`);
}

/** What we have of a file; the record beside it is written before its first byte. */
interface Part {
  bytes: number;
  etag?: string | undefined;
  totalBytes?: number | undefined;
}

const PartRecord = z.object({ etag: z.string().optional(), totalBytes: z.number().optional() });
const recordOf = (partPath: string) => `${partPath}.json`;

/** Also how a process that waits for another one's fetch sees how far it is. */
export async function readPart(partPath: string): Promise<Part> {
  const bytes = (await stat(partPath).catch(() => undefined))?.size ?? 0;
  try {
    return { bytes, ...PartRecord.parse(JSON.parse(await readFile(recordOf(partPath), 'utf8'))) };
  } catch {
    return { bytes };
  }
}

export async function dropPart(partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  await rm(recordOf(partPath), { force: true });
}

/** From which byte the answer goes on. A server that can't give a range sends the whole file again. */
async function beginPart(partPath: string, part: Part, response: Response): Promise<Part> {
  const resumes =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${part.bytes}-`);
  if (response.status === 206 && !resumes) {
    await dropPart(partPath);
    throw new ConnectionDropped('the server sent another range than asked for');
  }
  const bytes = resumes ? part.bytes : 0;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const totalBytes = Number.isNaN(length) ? undefined : bytes + length;
  await leaveRoom(partPath, length);
  const etag = response.headers.get('etag');
  // A weak tag doesn't promise the same bytes: not for ranges.
  const record = { totalBytes, etag: etag && !etag.startsWith('W/') ? etag : undefined };
  await writeFile(recordOf(partPath), JSON.stringify(record));
  return { bytes, ...record };
}

/** A disk filled to the brim hurts everything else on it: better not to begin. */
async function leaveRoom(partPath: string, bytesToCome: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(partPath));
  if (bytesToCome > bavail * bsize) {
    throw Object.assign(new Error('not enough room on the disk'), { code: 'ENOSPC' });
  }
}

function causeCode(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
