import { createReadStream } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CommandFailed } from '../command-failed.ts';
import { refusedBy, ServerUnreachable } from './server-errors.ts';

/** No byte moved for so long; storage may take its time to put a large file away. */
const silenceMs = 120_000;

interface Outgoing {
  method: 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  /** Of the whole body. */
  sizeBytes: number;
}

/**
 * Sends a body piece by piece, and waits for the answer to it. node:http and not fetch: fetch sends a stream without its
 * length, which S3 refuses, and says nothing of how far it is.
 * @throws CommandFailed; ServerUnreachable and ServerRefused are its subclasses
 */
export async function sendBytes(
  { method, url, headers, sizeBytes }: Outgoing,
  body: AsyncIterable<Buffer>,
  stop: AbortSignal,
): Promise<void> {
  const { request: open } = url.startsWith('https:') ? https : http;
  const request = open(url, {
    method,
    headers: { ...headers, 'Content-Length': sizeBytes },
    signal: stop,
    timeout: silenceMs,
  });
  request.on('timeout', () => request.destroy(new DOMException('no byte moved', 'TimeoutError')));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  });
  // A refusal may come before all is sent; the broken rest of the sending then says nothing new.
  const sending = pipeline(Readable.from(body), request).catch(() => {});
  try {
    await readAnswer(url, await answer);
  } catch (error) {
    stop.throwIfAborted();
    throw error instanceof CommandFailed ? error : new ServerUnreachable(url, error);
  } finally {
    request.destroy();
    await sending;
  }
}

/** So many bytes of a file from `start` on, never more, even where it still grows; `onBytes`: how many are gone. */
export async function* bytesOf(
  path: string,
  { start, sizeBytes }: { start: number; sizeBytes: number },
  onBytes: (bytesDone: number) => void,
): AsyncGenerator<Buffer> {
  let done = 0;
  try {
    const end = start + sizeBytes - 1;
    for await (const chunk of createReadStream(path, { start, end, highWaterMark: 256 * 1024 })) {
      yield chunk;
      done += chunk.length;
      onBytes(done);
    }
  } catch (error) {
    throw new CommandFailed(`${path} can't be read.`, { cause: error });
  }
  if (done < sizeBytes) throw new CommandFailed(`${path} became shorter while it was sent.`);
}

async function readAnswer(url: string, response: IncomingMessage): Promise<void> {
  const status = response.statusCode ?? 0;
  const answer = {
    status,
    contentType: response.headers['content-type'] ?? '',
    retryAfter: response.headers['retry-after'] ?? null,
    body: await text(response),
  };
  if (status < 200 || status >= 300) throw refusedBy(url, answer);
}
