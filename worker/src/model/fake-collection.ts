import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How a test's model collection misbehaves, in its next answers. */
export interface Behaviour {
  status?: number;
  body?: Buffer;
  /** Sends so many bytes of the answer and then nothing, with the connection open until `cut`. */
  stallAfterBytes?: number;
  /** Breaks the connection when it resolves: when the bytes have arrived, since a break loses those on their way. */
  cut?: Promise<unknown>;
  /** Sends the answer in so many pieces with a pause before each. */
  trickle?: { pieces: number; pauseMs: number };
  /** Says that the answer has so many bytes, whatever it has. */
  claimsBytes?: number;
  ignoresRange?: boolean;
  redirectTo?: string;
  /** Answers only then: for what must happen in the meantime. */
  after?: Promise<unknown>;
}

/** A real HTTP server that serves one file as every model, and remembers what it was asked for. */
export async function fakeCollection(body: Buffer, answers: Behaviour[] = []) {
  const requests: { path: string; range: string | undefined; ifRange: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    requests.push({ path: request.url ?? '', range, ifRange: ifRange?.toString() });
    const behaviour = answers.shift() ?? {};
    const send = () => void answer(request, response, behaviour.body ?? body, behaviour);
    if (behaviour.after) void behaviour.after.then(send);
    else send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models`,
    requests,
    answers,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer, behaviour: Behaviour) {
  const bare = behaviour.redirectTo ? 302 : behaviour.status;
  if (bare) return response.writeHead(bare, { location: behaviour.redirectTo ?? '' }).end();
  const etag = `"${sha1(body)}"`;
  const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const { 'if-range': ifRange } = request.headers;
  const from = behaviour.ignoresRange || (ifRange && ifRange !== etag) ? 0 : asked;
  if (from >= body.length) return response.writeHead(416).end();
  const rest = body.subarray(from);
  const contentRange = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': behaviour.claimsBytes ?? rest.length,
    etag,
    ...contentRange,
  });
  const { stallAfterBytes, trickle } = behaviour;
  if (stallAfterBytes !== undefined) {
    void behaviour.cut?.then(() => response.destroy());
    response.flushHeaders();
    return response.write(rest.subarray(0, stallAfterBytes));
  }
  return trickle ? sendSlowly(response, rest, trickle) : response.end(rest);
}

async function sendSlowly(
  response: ServerResponse,
  rest: Buffer,
  { pieces, pauseMs }: { pieces: number; pauseMs: number },
) {
  const pieceBytes = Math.ceil(rest.length / pieces);
  for (let from = 0; from < rest.length; from += pieceBytes) {
    await setTimeout(pauseMs);
    response.write(rest.subarray(from, from + pieceBytes));
  }
  response.end();
}

/** Starts like a ggml file and is different at every place. */
export function fakeModel(bytes = 1_000_000): Buffer {
  const words = new Uint32Array(bytes / 4).map((_, index) => index * 2_654_435_761);
  const body = Buffer.from(words.buffer);
  body.write('lmgg', 'latin1');
  return body;
}

export const sha1 = (body: Buffer) => createHash('sha1').update(body).digest('hex');
