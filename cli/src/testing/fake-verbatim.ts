import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  type DeadLetter,
  isFinal,
  type Job,
  type JobHistory,
  type Transcript,
  toJob,
  toJobHistory,
} from '@verbatim/domain';
import { aJob, aTranscript } from '@verbatim/domain/testing';
import { onTestFinished } from 'vitest';

interface FakeJob {
  job: Job;
  uploaded: Buffer | null;
  /** What has arrived of a file in parts, by number; the bytes themselves are not kept. */
  parts: Map<number, { sizeBytes: number; sha256: string }>;
  /** What the next looks at it find. */
  future: Partial<Job>[];
}

interface Seen {
  route: string;
  headers: IncomingMessage['headers'];
}

/** A server like ours over real HTTP: what it answers next can be chosen, and it remembers what it was asked. */
export class FakeVerbatim {
  readonly jobs = new Map<string, FakeJob>();
  readonly seen: Seen[] = [];
  /** Bodies of what created jobs. */
  readonly orders: { fileName: string; sizeBytes: number; upload?: string }[] = [];
  /** Bodies of what replayed dead letters. */
  readonly replays: object[] = [];
  partSizeBytes = 8 * 2 ** 20;
  /** How a job goes on from its upload, look by look. */
  course: Partial<Job>[] = [
    { status: 'QUEUED' },
    processing(0),
    processing(30),
    { status: 'COMPLETED', language: 'en', durationSeconds: 60 },
  ];
  /** Taken one by one before anything else: an answer, or a broken connection. */
  readonly troubles: Map<string, ((response: ServerResponse) => void)[]> = new Map();
  transcript: (job: Job) => Transcript = () => aTranscript([{ start: 0, end: 2, text: 'Yes, I agree.' }]);
  history: JobHistory = toJobHistory(aJob({ createdAt: Date.parse('2026-01-01T00:00:00.000Z') }));
  /** Given up last first. */
  deadLetters: DeadLetter[] = [];
  url = '';
  private readonly server = createServer((request, response) => {
    // Of a request that was broken off nobody waits for the answer.
    this.answer(request, response).catch(() => response.destroy());
  });

  static async start(port = 0): Promise<FakeVerbatim> {
    const fake = new FakeVerbatim();
    await fake.listen(port);
    onTestFinished(() => fake.stop());
    return fake;
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** The next request to `route` (like `POST /v1/jobs`, ids as `:id`) ends so. */
  trouble(route: string, ...answers: ((response: ServerResponse) => void)[]): void {
    this.troubles.set(route, answers);
  }

  routes(): string[] {
    return this.seen.map(({ route }) => route);
  }

  only(): FakeJob {
    const [job, ...others] = this.jobs.values();
    if (!job || others.length > 0) throw new Error(`there are ${this.jobs.size} jobs`);
    return job;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', this.url);
    const id = /job_[0-9a-f]{32}/.exec(pathname)?.[0] ?? '';
    const route = `${request.method} ${id ? pathname.replace(id, ':id') : pathname}`;
    this.seen.push({ route, headers: request.headers });
    const trouble = this.troubles.get(route)?.shift();
    if (trouble) return trouble(response);

    const known = this.jobs.get(id);
    if (id && !known) return problem(404, 'job.unknown', 'There is no such job.')(response);
    const handler = this.handlers[route];
    if (!handler) return problem(404, 'route.not_found', 'There is nothing at this address.')(response);
    await handler(request, response, known as FakeJob);
  }

  private readonly handlers: Record<
    string,
    (request: IncomingMessage, response: ServerResponse, known: FakeJob) => Promise<void> | void
  > = {
    'POST /v1/jobs': async (request, response) => {
      const order = JSON.parse((await buffer(request)).toString());
      this.orders.push(order);
      const { fileName, sizeBytes, upload: method = 'post' } = order;
      const job = aJobView({ fileName, sizeBytes });
      this.jobs.set(job.jobId, { job, uploaded: null, parts: new Map(), future: [...this.course] });
      const { partSizeBytes } = this;
      if (method === 'multipart')
        return json(response, 201, { job, upload: { method, partSizeBytes, arrived: [] } });
      const upload = {
        method: 'POST',
        url: `${this.url}/storage/${job.jobId}`,
        fields: { key: job.jobId, policy: 'p', signature: 's' },
      };
      json(response, 201, { job, upload });
    },
    'GET /v1/jobs': (_, response) =>
      json(response, 200, { items: [...this.jobs.values()].map(({ job }) => job), nextCursor: null }),
    'POST /storage/:id': async (request, response, known) => {
      known.uploaded = await buffer(request);
      response.writeHead(204).end();
    },
    'POST /v1/jobs/:id/upload/parts': async (request, response, { job }) => {
      const { partNumbers } = JSON.parse((await buffer(request)).toString());
      const url = `${this.url}/storage/${job.jobId}/part`;
      const signed = (number: number) => ({ method: 'PUT', url: `${url}?number=${number}`, headers: {} });
      json(response, 200, { parts: partNumbers.map(signed) });
    },
    'PUT /storage/:id/part': async (request, response, known) => {
      const { searchParams } = new URL(request.url ?? '', this.url);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of request) {
        hash.update(chunk);
        sizeBytes += chunk.length;
      }
      known.parts.set(Number(searchParams.get('number')), { sizeBytes, sha256: hash.digest('hex') });
      response.writeHead(204).end();
    },
    'POST /v1/jobs/:id/upload/complete': (_, response, { job, parts }) => {
      const arrived = parts.values().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (arrived !== job.sizeBytes)
        return problem(409, 'upload.incomplete', 'Parts have not arrived yet.')(response);
      json(response, 202, job);
    },
    'DELETE /v1/jobs/:id/upload': (_, response, known) => {
      known.parts.clear();
      known.job = { ...known.job, status: 'CANCELED' };
      response.writeHead(204).end();
    },
    'POST /v1/jobs/:id/uploaded': (_, response, known) => json(response, 202, known.job),
    'GET /v1/jobs/:id': (request, response, known) => {
      known.job = { ...known.job, ...known.future.shift() };
      json(response, 200, known.job, request);
    },
    'GET /v1/jobs/:id/history': (_, response) => json(response, 200, this.history),
    'GET /v1/admin/dead-letters': (request, response) => {
      const { searchParams } = new URL(request.url ?? '', this.url);
      const reason = searchParams.get('reason');
      const items = this.deadLetters.filter((letter) => reason === null || letter.reason === reason);
      json(response, 200, { items: items.slice(0, Number(searchParams.get('limit'))), nextCursor: null });
    },
    'GET /v1/admin/dead-letters/:id': (_, response, known) => {
      const letter = this.deadLetters.find(({ jobId }) => jobId === known.job.jobId);
      json(response, 200, { ...letter, history: this.history });
    },
    'POST /v1/admin/dead-letters/replay': async (request, response) => {
      const order = JSON.parse((await buffer(request)).toString());
      this.replays.push(order);
      const asked: string[] = order.jobIds ?? this.deadLetters.slice(0, 100).map(({ jobId }) => jobId);
      const known = this.deadLetters.filter(({ jobId }) => asked.includes(jobId));
      this.deadLetters = this.deadLetters.filter((letter) => !known.includes(letter));
      const remaining = this.deadLetters.length;
      json(response, 200, {
        replayed: known.map(({ jobId, run }) => ({ jobId, run: run + 1 })),
        notReplayed: asked
          .filter((id) => !known.some(({ jobId }) => jobId === id))
          .map((jobId) => ({ jobId, code: 'dead_letter.unknown' })),
        nextCursor: order.all && remaining > 0 ? `after ${asked.at(-1)}` : null,
        remaining: order.all ? remaining : null,
      });
    },
    'POST /v1/jobs/:id/cancel': (_, response, known) => {
      if (isFinal(known.job.status) && known.job.status !== 'CANCELED')
        return problem(409, 'job.already_finished', 'The job has already ended.')(response);
      known.future = [];
      known.job = { ...known.job, status: 'CANCELED' };
      json(response, 202, known.job);
    },
    'POST /v1/jobs/:id/retry': (_, response, known) => {
      known.job = { ...known.job, status: 'QUEUED' };
      json(response, 202, known.job);
    },
    'DELETE /v1/jobs/:id': (_, response, known) => {
      this.jobs.delete(known.job.jobId);
      response.writeHead(204).end();
    },
    'GET /v1/jobs/:id/transcript': (request, response, known) => {
      const format = new URL(request.url ?? '', this.url).searchParams.get('format');
      const transcript = this.transcript(known.job);
      if (format === 'json') json(response, 200, transcript);
      else response.end(`${format}: ${transcript.text}\n`);
    },
  };
}

export function processing(audioSecondsDone: number, durationSeconds = 60): Partial<Job> {
  return {
    status: 'PROCESSING',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationSeconds,
    progress: {
      ...aJobView().progress,
      phase: 'transcribing',
      percent: Math.floor((100 * audioSecondsDone) / durationSeconds),
      audioSecondsDone,
      audioSecondsTotal: durationSeconds,
    },
  };
}

/** A job as it leaves the api. */
export function aJobView(over: Partial<Job> = {}): Job {
  const job = aJob({ createdAt: Date.parse('2026-01-01T00:00:00.000Z') });
  const links = { self: `http://verbatim.example/v1/jobs/${job.jobId}`, transcript: null };
  const around = { now: job.createdAt, waiting: null, recentRealTimeFactor: null };
  return { ...toJob(job, links, around), ...over };
}

export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ type: 'about:blank', title: '', status, detail, code, requestId: 'r' }));
  };
}

/** As S3 says that something passing went wrong. */
export function internalErrorOfS3(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/xml' });
  response.end('<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>');
}

export const brokenConnection = (response: ServerResponse) => void response.destroy();

/** The head of an answer and the beginning of its body arrive, and nothing more. */
export function cutAnswer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
  response.write('{"jobId":', () => response.destroy());
}

/** With an ETag that is honoured as Express does: not for who asks past caches. */
function json(response: ServerResponse, status: number, body: unknown, request?: IncomingMessage): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
  const isKnown = request?.headers['if-none-match'] === etag;
  if (isKnown && request.headers['cache-control'] !== 'no-cache') return void response.writeHead(304).end();
  response.writeHead(status, { 'content-type': 'application/json', etag }).end(text);
}
