import { connect } from 'node:net';

/** Whoever holds a connection by sending a byte now and then is let go within this time. */
const letGoWithinSeconds = 75;

/** Row 45: headers and bodies at a byte a second. Returns which of them were still waited for. */
export async function faultsOfSlowSenders(
  baseUrl: string,
  key: string,
  signal: AbortSignal,
): Promise<string[]> {
  const start = `Host: localhost\r\nAuthorization: Bearer ${key}\r\n`;
  const form = 'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n';
  const senders = {
    'slow headers': `GET /v1/jobs HTTP/1.1\r\n${start}X-A: `,
    'a slow JSON': `POST /v1/jobs HTTP/1.1\r\n${start}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"fileName":"`,
    'a slow upload': `POST /upload-audio/ HTTP/1.1\r\n${start}${form}\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n`,
    'a body that nobody wants': `DELETE /v1/nothing HTTP/1.1\r\n${start}Content-Length: 60000\r\n\r\n`,
    'a connection that says nothing': '',
  };
  const held = await Promise.all(
    Object.entries(senders).map(async ([name, text]) => {
      const seconds = await secondsHeld(baseUrl, text, signal);
      return seconds < letGoWithinSeconds ? [] : [`${name}: still waited for after ${letGoWithinSeconds} s`];
    }),
  );
  return signal.aborted ? [] : held.flat();
}

function secondsHeld(baseUrl: string, text: string, signal: AbortSignal): Promise<number> {
  const { hostname, port } = new URL(baseUrl);
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const drip = setInterval(() => text !== '' && socket.write('a'), 1_000);
    const end = setTimeout(() => socket.destroy(), letGoWithinSeconds * 1_000);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.on('error', () => {}).resume();
    socket.on('close', () => {
      clearInterval(drip);
      clearTimeout(end);
      resolve((performance.now() - started) / 1_000);
    });
  });
}
