import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Job, Transcript, TranscriptFormat } from '@verbatim/domain';
import { waitFor } from './wait-for.ts';

export interface CreatedJob {
  job: Job;
  upload: { method: string; url: string; fields?: Record<string, string>; headers?: Record<string, string> };
}

const contentTypes: Record<string, string> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
  flac: 'audio/flac',
  mp4: 'video/mp4',
};

interface UploadOptions {
  language?: string;
  channels?: 'mixed' | 'separate';
}

/** Speaks HTTP as any client would. */
export class VerbatimClient {
  private readonly baseUrl: string;
  private readonly key: string | undefined;

  constructor(baseUrl: string, key?: string) {
    this.baseUrl = baseUrl;
    this.key = key;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.key) headers.set('authorization', `Bearer ${this.key}`);
    return fetch(new URL(path, this.baseUrl), { ...init, headers });
  }

  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  createJob(file: {
    fileName: string;
    sizeBytes: number;
    language?: string;
    upload?: string;
  }): Promise<CreatedJob> {
    const contentType = contentTypes[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return this.json('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...file, contentType }),
    });
  }

  /** The form as a browser sends it: fields first, the file last. */
  async sendForm({ upload }: CreatedJob, body: Uint8Array, fileName: string): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields ?? {})) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(body)]), fileName);
    return fetch(upload.url, { method: upload.method, body: form });
  }

  /** Creates a job and sends the file straight to storage. Whether it is announced is up to the caller. */
  async upload(path: string, options: UploadOptions = {}): Promise<Job> {
    const bytes = await readFile(path);
    return this.uploadBytes(basename(path), bytes, options);
  }

  async uploadBytes(fileName: string, bytes: Uint8Array, options: UploadOptions = {}): Promise<Job> {
    const created = await this.createJob({ fileName, sizeBytes: Math.max(1, bytes.length), ...options });
    const sent = await this.sendForm(created, bytes, fileName);
    if (!sent.ok) throw new Error(`the upload was answered ${sent.status}: ${await sent.text()}`);
    return created.job;
  }

  announceUpload(jobId: string): Promise<Job> {
    return this.json(`/v1/jobs/${jobId}/uploaded`, { method: 'POST' });
  }

  /** `POST /upload-audio/`, one request for everything. */
  async uploadThroughApi(path: string): Promise<{ job_id: string; status: string }> {
    const form = new FormData();
    form.append('file', new Blob([await readFile(path)]), basename(path));
    return this.json('/upload-audio/', { method: 'POST', body: form });
  }

  job(jobId: string): Promise<Job> {
    return this.json(`/v1/jobs/${jobId}`);
  }

  /** The states of a job as its stream of events tells them, to its end. */
  async *follow(jobId: string): AsyncGenerator<Job> {
    const { body } = await this.fetch(`/v1/jobs/${jobId}/events`);
    let buffer = '';
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      buffer += text;
      const blocks = buffer.split('\n\n');
      buffer = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data) yield JSON.parse(data) as Job;
      }
    }
  }

  waitUntil(jobId: string, status: Job['status'], withinMs = 90_000): Promise<Job> {
    return waitFor(
      `job ${jobId} to be ${status}`,
      async () => {
        const job = await this.job(jobId);
        if (job.status === status) return job;
        throw new Error(`it is ${job.status} (${JSON.stringify(job.error)})`);
      },
      { withinMs },
    );
  }

  transcript(jobId: string, { partial = false } = {}): Promise<Transcript> {
    return this.json(`/v1/jobs/${jobId}/transcript?format=json&partial=${partial}`);
  }

  async transcriptAs(jobId: string, format: TranscriptFormat): Promise<string> {
    return (await this.fetch(`/v1/jobs/${jobId}/transcript?format=${format}`)).text();
  }
}
