import { connect } from 'node:net';

export interface Answer {
  /** 0: the connection was closed without one. */
  status: number;
  headers: Headers;
  body: string;
  /** How many answers came: more than one where one request was read as two. */
  answers: number;
}

/** Sends bytes as they are, which no HTTP client would, and reads what comes until the server closes or is silent. */
export function sendRaw(baseUrl: string, bytes: string | Buffer, silentMs = 1_500): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(silentMs, () => socket.destroy());
    socket.on('data', (chunk) => received.push(chunk));
    // A reset after the answer is the server's way not to read the rest.
    socket.on('error', () => {});
    socket.on('close', () => resolve(parsed(Buffer.concat(received).toString('latin1'))));
  });
}

function parsed(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const answers = text.match(/HTTP\/1\.[01] \d{3} /g)?.length ?? 0;
  return { status, headers, body: rest.join('\r\n\r\n'), answers };
}
