import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CommandFailed } from '../command-failed.ts';
import { refusedBy, ServerRefused, ServerUnreachable } from './server-errors.ts';
import type { UploadForm } from './verbatim-server.ts';

/** No byte moved for so long; storage may take its time to put a large file away. */
const silenceMs = 120_000;

/**
 * POSTs the form with the file as its last field, as S3 wants it, straight from the disk. node:http and not fetch: fetch
 * sends a stream without its length, which S3 refuses, and says nothing of how far it is.
 * @throws CommandFailed; ServerUnreachable and ServerRefused are its subclasses
 */
export async function sendFile(
  form: UploadForm,
  file: { path: string; sizeBytes: number },
  onBytes: (bytesDone: number) => void,
  stop: AbortSignal,
): Promise<void> {
  const boundary = `verbatim-${randomUUID()}`;
  const head = Buffer.from(
    [
      ...Object.entries(form.fields).map(
        ([name, value]) => `${part(boundary, `name="${name}"`)}\r\n${value}\r\n`,
      ),
      `${part(boundary, 'name="file"; filename="audio"')}Content-Type: application/octet-stream\r\n\r\n`,
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

  const { request: open } = form.url.startsWith('https:') ? https : http;
  const request = open(form.url, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': head.length + file.sizeBytes + tail.length,
    },
    signal: stop,
    timeout: silenceMs,
  });
  request.on('timeout', () => request.destroy(new DOMException('no byte moved', 'TimeoutError')));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  });
  // A refusal may come before all is sent; the broken rest of the sending then says nothing new.
  const sending = pipeline(Readable.from(body(head, file, tail, onBytes)), request).catch(() => {});
  try {
    await readAnswer(form.url, await answer);
  } catch (error) {
    stop.throwIfAborted();
    throw error instanceof CommandFailed ? error : new ServerUnreachable(form.url, error);
  } finally {
    request.destroy();
    await sending;
  }
}

function part(boundary: string, name: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; ${name}\r\n`;
}

async function* body(
  head: Buffer,
  { path, sizeBytes }: { path: string; sizeBytes: number },
  tail: Buffer,
  onBytes: (bytesDone: number) => void,
): AsyncGenerator<Buffer> {
  yield head;
  let done = 0;
  try {
    // Never more than was announced, even of a file that still grows.
    for await (const chunk of createReadStream(path, { end: sizeBytes - 1, highWaterMark: 256 * 1024 })) {
      yield chunk;
      done += chunk.length;
      onBytes(done);
    }
  } catch (error) {
    throw new CommandFailed(`${path} can't be read.`, { cause: error });
  }
  if (done < sizeBytes) throw new CommandFailed(`${path} became shorter while it was sent.`);
  yield tail;
}

async function readAnswer(url: string, response: IncomingMessage): Promise<void> {
  const status = response.statusCode ?? 0;
  const answer = {
    status,
    contentType: response.headers['content-type'] ?? '',
    retryAfter: response.headers['retry-after'] ?? null,
    body: await text(response),
  };
  if (status >= 200 && status < 300) return;
  const refusal = refusedBy(url, answer);
  // An earlier try got through and only its answer was lost.
  if (refusal instanceof ServerRefused && refusal.code === 'upload.exists') return;
  throw refusal;
}
