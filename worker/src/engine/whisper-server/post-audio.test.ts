import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as oneTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postAudio } from './post-audio.ts';

const wavBytes = 256_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Sends a recording to a server of this behaviour. */
async function posting(answer: Answer) {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-post-'));
  const wavPath = join(folder, 'audio.wav');
  await writeFile(wavPath, Buffer.alloc(wavBytes, 'v'));
  const server = createServer((request, response) => {
    request.on('error', () => {});
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  return (signal: AbortSignal, path = wavPath) =>
    postAudio({ port, path: '/inference' }, { fields: { language: 'es' }, wavPath: path }, signal);
}

const never = new AbortController().signal;

describe('posting audio', () => {
  it('sends fields and the file in one form, and gives the answer as it is', async () => {
    const post = await posting(async (request, response) => {
      const chunks = await request.toArray();
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const form = await new Response(Buffer.concat(chunks), { headers }).formData();
      const file = form.get('file') as File;
      response
        .writeHead(400)
        .end(JSON.stringify([form.get('language'), file.size, await file.slice(0, 2).text()]));
    });
    expect(await post(never)).toEqual({ status: 400, body: JSON.stringify(['es', wavBytes, 'vv']) });
  });

  it('hears a refusal that comes before everything is sent', async () => {
    const post = await posting((_request, response) => response.writeHead(413).end('too large'));
    expect(await post(never)).toEqual({ status: 413, body: 'too large' });
  });

  it.each<[string, Answer]>([
    ['reads and says nothing', (request) => request.resume()],
    ['reads nothing', () => {}],
    ['answers and does not end', (request, response) => request.resume() && response.write('{')],
  ])('ends whenever it is aborted, by a server that %s', async (_, answer) => {
    const post = await posting(answer);
    // Before the connection, while it is made, in the middle of the sending, and behind it
    for (let turns = 0; turns < 60; turns++) {
      const abort = new AbortController();
      const posted = post(abort.signal);
      const rejected = expect(posted).rejects.toThrow('the lease is lost');
      for (let turn = 0; turn < turns; turn++) await oneTurn();
      abort.abort(new Error('the lease is lost'));
      await rejected;
    }
  });

  it('tells of a connection that breaks, and of a file that is not there', async () => {
    const post = await posting((request) => request.destroy());
    await expect(post(never)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    await expect(post(never, '/not/there.wav')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
