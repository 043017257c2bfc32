import { randomUUID } from 'node:crypto';
import {
  DeadLetterList,
  DeadLetterWithHistory,
  Job,
  JobHistory,
  Replayed,
  type TranscriptFormat,
} from '@verbatim/domain';
import { z } from 'zod';
import { WrongUsage } from '../command-failed.ts';
import type { ListeningOptions } from '../listening-options.ts';
import { keepTrying } from './keep-trying.ts';
import { notVerbatim, parsedJson, refusedBy, ServerUnreachable } from './server-errors.ts';

const Headers = z.record(z.string(), z.string());
const UploadForm = z.object({
  method: z.literal('POST'),
  url: z.url(),
  fields: z.record(z.string(), z.string()),
});
export type UploadForm = z.infer<typeof UploadForm>;

const UploadInParts = z.object({
  method: z.literal('multipart'),
  /** Of every part but the last. */
  partSizeBytes: z.number().int().positive(),
});
export type UploadInParts = z.infer<typeof UploadInParts>;

const SignedParts = z.object({
  parts: z.tuple([z.object({ method: z.literal('PUT'), url: z.url(), headers: Headers })]),
});

const CreatedJob = z.object({
  job: Job,
  /** Null: an earlier try of the same request got so far that the file is there. */
  upload: z.discriminatedUnion('method', [UploadForm, UploadInParts]).nullable(),
});
const JobList = z.object({ items: z.array(Job), nextCursor: z.string().nullable() });

export interface JobOrder extends ListeningOptions {
  fileName: string;
  sizeBytes: number;
  inParts: boolean;
}

export interface ServerSettings {
  url: string;
  key?: string | undefined;
  /** How long a server that was there may be away before a command gives up. */
  patienceMs?: number;
  onTrouble?: (sentence: string) => void;
}

interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  stop?: AbortSignal | undefined;
  withinMs?: number;
}

/** Its body has arrived whole. */
interface Answer {
  response: Response;
  body: string;
}

const answerWithinMs = 30_000;
/** S3 takes minutes to join many parts. */
const joinWithinMs = 5 * 60_000;
/** Who mistyped an address should hear so at once. */
const firstContactMs = 1_000;
const defaultPatienceMs = 15_000;

/** A running server, over HTTP like any other client's. Every method @throws CommandFailed with a sentence for people. */
export class VerbatimServer {
  private readonly settings: ServerSettings;
  private hasAnswered = false;

  constructor(settings: ServerSettings) {
    if (!/^https?:$/.test(URL.parse(settings.url)?.protocol ?? ''))
      throw new WrongUsage(`--url must be an http or https address, not "${settings.url}".`);
    this.settings = settings;
  }

  async createJob({ inParts, ...order }: JobOrder, stop?: AbortSignal): Promise<z.infer<typeof CreatedJob>> {
    // The type is left to the server: it knows by the name's ending what it takes.
    const body = {
      ...order,
      contentType: 'application/octet-stream',
      ...(inParts ? { upload: 'multipart' } : {}),
    };
    // A second try must not make a second job.
    const headers = { 'Idempotency-Key': randomUUID() };
    return this.json(CreatedJob, '/v1/jobs', { method: 'POST', body, headers, stop });
  }

  announceUpload(jobId: string, stop?: AbortSignal): Promise<Job> {
    return this.json(Job, `${pathOf(jobId)}/uploaded`, { method: 'POST', stop });
  }

  /** Where one part of a file goes, for a quarter of an hour. Tries once: who sends the part tries both again. */
  async signPart(jobId: string, partNumber: number, stop: AbortSignal) {
    const request = { method: 'POST', body: { partNumbers: [partNumber] }, stop } as const;
    const answer = await this.requestOnce(`${pathOf(jobId)}/upload/parts`, request);
    return this.parse(SignedParts, answer).parts[0];
  }

  /** All parts have been sent. */
  completeUpload(jobId: string, stop: AbortSignal): Promise<Job> {
    const request = { method: 'POST', stop, withinMs: joinWithinMs } as const;
    return this.json(Job, `${pathOf(jobId)}/upload/complete`, request);
  }

  /** Removes the parts that have arrived, and cancels the job. */
  async abandonUpload(jobId: string, stop: AbortSignal): Promise<void> {
    await this.request(`${pathOf(jobId)}/upload`, { method: 'DELETE', stop });
  }

  job(jobId: string, stop?: AbortSignal): Promise<Job> {
    return this.json(Job, pathOf(jobId), { stop });
  }

  jobHistory(jobId: string): Promise<JobHistory> {
    return this.json(JobHistory, `${pathOf(jobId)}/history`);
  }

  /** Null when nothing has changed since the answer that came with `etag`. */
  async jobIfChanged(
    jobId: string,
    etag: string | undefined,
    stop: AbortSignal,
  ): Promise<{ job: Job; etag: string | undefined } | null> {
    // Without a Cache-Control of its own, fetch adds no-cache to such a request, and the answer would never be a 304.
    const headers: Record<string, string> = etag
      ? { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' }
      : {};
    const answer = await this.request(pathOf(jobId), { headers, stop });
    if (answer.response.status === 304) return null;
    return { job: this.parse(Job, answer), etag: answer.response.headers.get('etag') ?? undefined };
  }

  jobs(query: {
    limit: number;
    status?: string | undefined;
    cursor?: string | undefined;
  }): Promise<z.infer<typeof JobList>> {
    return this.json(JobList, `/v1/jobs${queryOf(query)}`);
  }

  deadLetters(query: {
    limit: number;
    reason?: string | undefined;
    cursor?: string | undefined;
  }): Promise<z.infer<typeof DeadLetterList>> {
    return this.json(DeadLetterList, `/v1/admin/dead-letters${queryOf(query)}`);
  }

  deadLetter(jobId: string): Promise<z.infer<typeof DeadLetterWithHistory>> {
    return this.json(DeadLetterWithHistory, `/v1/admin/dead-letters/${encodeURIComponent(jobId)}`);
  }

  /** Up to a hundred of them: those that are named, or a page of all. */
  replay(selection: object, stop: AbortSignal): Promise<Replayed> {
    return this.json(Replayed, '/v1/admin/dead-letters/replay', { method: 'POST', body: selection, stop });
  }

  cancelJob(jobId: string, stop?: AbortSignal): Promise<Job> {
    return this.json(Job, `${pathOf(jobId)}/cancel`, { method: 'POST', stop });
  }

  retryJob(jobId: string): Promise<Job> {
    return this.json(Job, `${pathOf(jobId)}/retry`, { method: 'POST' });
  }

  async deleteJob(jobId: string, stop?: AbortSignal): Promise<void> {
    await this.request(pathOf(jobId), { method: 'DELETE', stop });
  }

  async transcript(jobId: string, format: TranscriptFormat, stop?: AbortSignal): Promise<string> {
    return (await this.request(`${pathOf(jobId)}/transcript?format=${format}`, { stop })).body;
  }

  private async json<T>(schema: z.ZodType<T>, path: string, request: Request = {}): Promise<T> {
    return this.parse(schema, await this.request(path, request));
  }

  private parse<T>(schema: z.ZodType<T>, { body }: Answer): T {
    const parsed = schema.safeParse(parsedJson(body));
    if (!parsed.success)
      throw notVerbatim(this.settings.url, 'or one of another version: its answer is none that we know');
    return parsed.data;
  }

  /** Resolves with a 2xx or a 304. */
  private request(path: string, request: Request): Promise<Answer> {
    const { patienceMs = defaultPatienceMs, onTrouble } = this.settings;
    const patience = this.hasAnswered ? { ms: patienceMs, onTrouble } : { ms: firstContactMs };
    return keepTrying(() => this.requestOnce(path, request), patience, request.stop);
  }

  private async requestOnce(path: string, request: Request): Promise<Answer> {
    const url = this.settings.url.replace(/\/+$/, '') + path;
    const { response, body } = await this.wholeAnswer(url, request).catch((error: unknown) => {
      request.stop?.throwIfAborted();
      throw new ServerUnreachable(url, error);
    });
    if (response.ok || response.status === 304) return { response, body };
    throw refusedBy(url, {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      retryAfter: response.headers.get('retry-after'),
      body,
    });
  }

  /** A body that breaks off is an answer that did not come: a server that is restarted ends so. @throws what fetch does */
  private async wholeAnswer(
    url: string,
    { method = 'GET', body, headers, stop, withinMs = answerWithinMs }: Request,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(withinMs);
    const response = await fetch(url, {
      method,
      headers: {
        ...(this.settings.key ? { Authorization: `Bearer ${this.settings.key}` } : {}),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: stop ? AbortSignal.any([stop, timeout]) : timeout,
    });
    this.hasAnswered = true;
    return { response, body: await response.text() };
  }
}

function queryOf(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return `?${new URLSearchParams(Object.fromEntries(given)).toString()}`;
}

/** Ids come from people's keyboards. */
function pathOf(jobId: string): string {
  return `/v1/jobs/${encodeURIComponent(jobId)}`;
}
