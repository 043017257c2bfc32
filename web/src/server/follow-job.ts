import { EventSourceParserStream } from 'eventsource-parser/stream';
import { onReturn } from './connection.ts';
import { fetchFromServer } from './fetch-from-server.ts';
import { hasEnded, type Job } from './job.ts';
import { answerOf, server } from './server-client.ts';
import { ServerProblem } from './server-problem.ts';

const reconnectMs = 1_000;
const slowestReconnectMs = 15_000;
/** The server sends a sign of life every 15 s: silence of three of them is a dead line. */
const silenceMs = 45_000;

/**
 * Tells `onChange` every state that the job comes to, until it has ended or `signal` aborts. Server-sent events, read
 * with fetch because EventSource can't carry a key; where a proxy holds them back, or too many are open, the job is
 * asked for now and then instead. Only while somebody looks: without HTTP/2 a browser has six connections to a server, for
 * all tabs together, and a stream takes one of them as long as it lives.
 */
export async function followJob(
  jobId: string,
  { signal, onChange }: { signal: AbortSignal; onChange(job: Job): void },
): Promise<void> {
  let lastEventId: string | null = null;
  let wait = reconnectMs;
  while (!signal.aborted) {
    await untilSeen(true, signal);
    const end = new AbortController();
    const look = AbortSignal.any([signal, end.signal]);
    void untilSeen(false, look).then(() => end.abort());
    try {
      const response = await openStream(jobId, lastEventId, look);
      if (response.status === 204) return;
      wait = reconnectMs;
      for await (const event of eventsOf(response, look)) {
        lastEventId = event.id ?? lastEventId;
        if (event.event === 'job') onChange(JSON.parse(event.data) as Job);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (look.aborted) continue;
      if (error instanceof ServerProblem && [401, 403, 404].includes(error.status)) throw error;
      const job = await readOnce(jobId, signal);
      if (job) {
        onChange(job);
        if (hasEnded(job)) return;
      }
    } finally {
      end.abort();
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, slowestReconnectMs);
  }
}

function openStream(jobId: string, lastEventId: string | null, signal: AbortSignal): Promise<Response> {
  return fetchFromServer(`/v1/jobs/${encodeURIComponent(jobId)}/events`, {
    signal,
    headers: {
      Accept: 'text/event-stream',
      ...(lastEventId === null ? {} : { 'Last-Event-ID': lastEventId }),
    },
  });
}

async function* eventsOf(response: Response, signal: AbortSignal) {
  if (!response.body) return;
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silenceMs);
  const alive = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), silenceMs);
      controller.enqueue(bytes);
    },
  });
  const text = response.body
    .pipeThrough(alive, { signal: AbortSignal.any([signal, silent.signal]) })
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
  const reader = text.pipeThrough(new EventSourceParserStream()).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => {});
  }
}

function readOnce(jobId: string, signal: AbortSignal): Promise<Job | null> {
  const call = server.GET('/v1/jobs/{jobId}', { params: { path: { jobId } }, signal });
  return answerOf(call).catch(() => null);
}

/** Resolves once the tab is in sight, or is not; or when nobody waits for it any more. */
function untilSeen(wanted: boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if ((document.visibilityState === 'visible') !== wanted && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** For so long, or until the server is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const forget = onReturn(end);
    signal.addEventListener('abort', end);
  });
}
