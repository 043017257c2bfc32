import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { anasKey, listen, openTestApp } from '../testing/test-app.ts';

const piece = Buffer.alloc(64 * 1024);
const pieces = 40;

/** Sends the head, waits until the whole answer is there, and only then the body that nobody wants. */
async function sendOn(port: number, head: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head}\r\nHost: localhost\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  const failed: Error[] = [];
  socket.on('error', (error) => failed.push(error));
  await vi.waitUntil(() => answer.includes('"requestId"'), { timeout: 4_000 });
  for (let sent = 0; sent < pieces && !socket.destroyed; sent++) {
    if (!socket.write(piece))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
  }
  return { socket, answer, failed };
}

describe('an answer before the body is read', () => {
  it.each([
    ['a wrong key', 401, 'POST /upload-audio/', 'wrong'],
    ['an unknown route', 404, 'PUT /v1/nothing', anasKey],
  ])('to %s is seen by a client that still sends: %i', async (_, status, line, key) => {
    const { app } = await openTestApp();
    const port = await listen(app);
    const { socket, answer, failed } = await sendOn(port, `${line} HTTP/1.1\r\nAuthorization: Bearer ${key}`);
    if (!socket.readableEnded) await once(socket, 'end');
    expect(failed).toEqual([]);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Connection: close');
  });

  it('waits seconds for a client that says no more, not for ever', async () => {
    const { app } = await openTestApp();
    const port = await listen(app);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 /);
  });

  it('keeps the connection of who sent all of it', async () => {
    const { app } = await openTestApp();
    const port = await listen(app);
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    const head = `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${anasKey}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).not.toContain('Connection: close');
    socket.destroy();
  });
});
