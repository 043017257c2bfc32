import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export interface ServerAddress {
  port: number;
  path: string;
}

export interface ServerAnswer {
  status: number;
  body: string;
}

/**
 * Sends form fields and the audio file, straight from the disk. Not by fetch: that gives up when no header came for
 * 300 s, and whisper-server answers at the very end.
 * @throws the signal's reason when it aborts; the socket's error when the server goes away
 */
export async function postAudio(
  { port, path }: ServerAddress,
  form: { fields: Record<string, string>; wavPath: string },
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const boundary = `verbatim-${randomUUID()}`;
  const fields = Object.entries(form.fields)
    .map(([name, value]) => `${partStart(boundary, name)}\r\n\r\n${value}\r\n`)
    .join('');
  const file = `${partStart(boundary, 'file')}; filename="audio.wav"\r\nContent-Type: audio/wav\r\n\r\n`;
  const head = Buffer.from(fields + file);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { size } = await stat(form.wavPath);

  const post = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    signal,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + size + tail.length,
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    post.on('response', resolve).on('error', reject);
  });
  // Not the generator itself: a pipeline from one into a request that is destroyed at the wrong moment never ends.
  const sending = pipeline(Readable.from(formOf(head, form.wavPath, tail)), post).catch(() => {});
  try {
    // It may come before everything is sent: a refusal.
    const response = await answered;
    return { status: response.statusCode ?? 0, body: await text(response) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    post.destroy();
    await sending;
  }
}

async function* formOf(head: Buffer, wavPath: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* createReadStream(wavPath);
  yield tail;
}

export async function getStatus({ port, path }: ServerAddress, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const get = request({ host: '127.0.0.1', port, path, agent: false, signal }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    get.once('error', reject);
    get.end();
  });
}

function partStart(boundary: string, name: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
}
