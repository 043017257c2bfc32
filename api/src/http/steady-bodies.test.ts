import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { anasKey, listen, openTestApp } from '../testing/test-app.ts';

const pace = { leastBytes: 1_000, windowMs: 100 };
const host = `Host: localhost\r\nAuthorization: Bearer ${anasKey}\r\n`;
const formHead =
  '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n';

/**
 * Sends the text at once, then a byte every 20 ms until the server has enough of it. Resolves to what it answered: a byte
 * that comes after that resets the connection.
 */
async function drip(port: number, start: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.write(start);
  const timer = setInterval(() => socket.write('a'), 20);
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    answer += piece;
  });
  // Not events.once, which rejects at the reset.
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return answer;
}

it('lets go of who sends a few bytes now and then, and says why', async () => {
  const { app } = await openTestApp({ pace });
  const port = await listen(app);
  const start = `POST /v1/jobs HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"fileName":"`;
  const answer = await drip(port, start);
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain('"code":"request.too_slow"');
});

it('leaves nothing of an upload that it let go of', async () => {
  const { app, platform } = await openTestApp({ pace });
  const port = await listen(app);
  const start = `POST /upload-audio/ HTTP/1.1\r\n${host}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n${formHead}`;
  expect(await drip(port, start)).toMatch(/^HTTP\/1.1 408 /);
  await app.close();
  expect(platform.objects.objects.size).toBe(0);
  expect(platform.jobs.records.size).toBe(0);
});

it('waits for who is slow and steady, however long it takes', async () => {
  const { app } = await openTestApp({ pace });
  const port = await listen(app);
  const body = 10_000;
  const end = '\r\n--x--\r\n';
  const start = `POST /upload-audio/ HTTP/1.1\r\n${host}Connection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${formHead.length + body + end.length}\r\n\r\n${formHead}`;
  const socket = connect(port, '127.0.0.1');
  socket.write(start);
  let sent = 0;
  const timer = setInterval(() => {
    socket.write('a'.repeat(500));
    sent += 500;
    if (sent < body) return;
    clearInterval(timer);
    socket.write(end);
  }, 20);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
});

it('does not count the time that we ourselves need', async () => {
  const { app, platform } = await openTestApp({ pace });
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const put = platform.objects.put.bind(platform.objects);
  platform.objects.put = async (...call) => {
    await written;
    return put(...call);
  };
  const port = await listen(app);
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(2_000_000)]), 'a.mp3');
  const headers = { authorization: `Bearer ${anasKey}` };
  const answering = fetch(`http://127.0.0.1:${port}/upload-audio/`, { method: 'POST', headers, body });
  setTimeout(write, pace.windowMs * 4);
  expect((await answering).status).toBe(200);
});
