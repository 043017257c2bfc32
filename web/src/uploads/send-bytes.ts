import { noAnswer, ServerProblem } from '../server/server-problem.ts';

interface Outgoing {
  method: 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  body: Blob | FormData;
}

interface Sending {
  signal: AbortSignal;
  onProgress(sentBytes: number): void;
}

/** Of all files together: more are no quicker, and browsers keep few connections to one server. */
const atOnce = 3;
/** A line on which no byte moves is dead, whatever the system may still hope. */
const silenceMs = 60_000;

let free = atOnce;
const queue: (() => void)[] = [];

/**
 * Sends a body straight to storage when its turn comes, telling how much of it is gone. @throws ServerProblem; the signal's
 * reason when it aborts
 */
export async function sendBytes(outgoing: Outgoing, sending: Sending): Promise<void> {
  if (free > 0) free--;
  else await new Promise<void>((begin) => queue.push(begin));
  try {
    sending.signal.throwIfAborted();
    await send(outgoing, sending);
  } finally {
    const next = queue.shift();
    if (next) next();
    else free++;
  }
}

/** XMLHttpRequest, because fetch does not say how much is gone. */
function send({ method, url, headers, body }: Outgoing, { signal, onProgress }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let timer = setTimeout(stop, silenceMs);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(timer);
      timer = setTimeout(stop, silenceMs);
      onProgress(loaded);
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(problemOf(request)));
    request.onerror = () => reject(noAnswer());
    request.onabort = () => reject(signal.aborted ? (signal.reason as Error) : noAnswer());
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop, { once: true });
    request.send(body);
  });
}

/** Storage on aws speaks XML, ours problem+json: the status says enough where there is no code. */
function problemOf(request: XMLHttpRequest): ServerProblem {
  const said = asJson(request.responseText);
  return new ServerProblem({
    code: said?.code ?? `http.${request.status}`,
    status: request.status,
    message: said?.detail ?? request.statusText,
  });
}

function asJson(text: string): { code?: string; detail?: string } | null {
  try {
    return JSON.parse(text) as { code?: string; detail?: string };
  } catch {
    return null;
  }
}
