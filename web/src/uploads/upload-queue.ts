import { useSyncExternalStore } from 'react';
import { answerOf, server } from '../server/server-client.ts';
import { isWorthRetrying, ServerProblem } from '../server/server-problem.ts';
import { assertLength } from './assert-length.ts';
import { arrivedBytes, goesInParts } from './missing-parts.ts';
import { newUploadKey } from './new-upload-key.ts';
import {
  forgetUpload,
  heldByNobody,
  holdUpload,
  isFileOf,
  type RememberedUpload,
  rememberedUploads,
  rememberUpload,
} from './remembered-uploads.ts';
import { sendFile } from './send-file.ts';
import type { UploadOptions } from './upload-options.ts';

export interface Upload {
  id: string;
  /** The Idempotency-Key of its job; a new one when it begins anew. */
  key: string;
  name: string;
  sizeBytes: number;
  lastModified: number;
  /** Null after a reload: pages may not open files by themselves. */
  file: File | null;
  inParts: boolean;
  options: UploadOptions;
  jobId: string | null;
  /** `offline`: it goes on by itself. `fileless`: it goes on when its file is chosen again. */
  state: 'waiting' | 'sending' | 'offline' | 'paused' | 'fileless' | 'failed';
  sentBytes: number;
  problem: ServerProblem | null;
}

/** Files that are worked on; of their bytes `sendBytes` sends no more at once either. */
const atOnce = 3;
const retryMs = [1_000, 3_000, 10_000, 30_000];
/** The job of this key is gone for good: only a new one helps. */
const overCodes = ['upload.over', 'idempotency.job_gone', 'idempotency.other_request'];

/** All uploads of this page, whichever view is shown: a plain store, so that leaving a view ends nothing. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly running = new Map<string, AbortController>();
  private readonly held = new Map<string, () => void>();
  private readonly listeners = new Set<() => void>();
  private readonly userId: string;
  private readonly uploadPartBytes: number;
  readonly maxAudioSeconds: number;
  private readonly onJobs: () => void;

  /** `onJobs`: there are other jobs than before. */
  constructor(of: {
    userId: string;
    uploadPartBytes: number;
    maxAudioSeconds: number;
    onJobs(): void;
  }) {
    this.userId = of.userId;
    this.uploadPartBytes = of.uploadPartBytes;
    this.maxAudioSeconds = of.maxAudioSeconds;
    this.onJobs = of.onJobs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly all = (): readonly Upload[] => this.uploads;

  /** A file whose upload waits for it goes on; the others begin. */
  add(files: readonly File[], options: UploadOptions): void {
    for (const file of files) {
      const known = this.uploads.find((upload) => upload.state === 'fileless' && isFileOf(upload, file));
      if (known) this.giveFile(known.id, file);
      else {
        const inParts = goesInParts(file.size, this.uploadPartBytes);
        this.set([...this.uploads, newUpload(file, options, inParts)]);
      }
    }
    this.startMore();
  }

  /** False when it is another file. */
  giveFile(id: string, file: File): boolean {
    const upload = this.find(id);
    if (!upload || !isFileOf(upload, file)) return false;
    this.change(id, { file, state: 'waiting' });
    this.startMore();
    return true;
  }

  /** What earlier visits to this page left unfinished. */
  async restore(): Promise<void> {
    for (const known of await heldByNobody(rememberedUploads(this.userId))) {
      if (this.uploads.some(({ key }) => key === known.key)) continue;
      this.set([...this.uploads, filelessUpload(known)]);
      void this.lookFor(known);
    }
  }

  /** Whoever signs out uploads nothing more. */
  close(): void {
    for (const { id } of this.uploads) {
      this.running.get(id)?.abort(new DOMException('signed out', 'AbortError'));
      this.letGo(id);
    }
  }

  pause(id: string): void {
    this.running.get(id)?.abort(new DOMException('paused', 'AbortError'));
    this.change(id, { state: 'paused' });
  }

  /** After a pause, or after it failed. */
  again(id: string): void {
    this.change(id, { state: 'waiting', problem: null });
    this.startMore();
  }

  /** Stops it and takes away what has arrived of it. */
  remove(id: string): void {
    const upload = this.find(id);
    this.running.get(id)?.abort(new DOMException('taken away', 'AbortError'));
    this.drop(id);
    if (!upload?.jobId) return;
    // Where this does not get through, the job expires by itself.
    void server
      .DELETE('/v1/jobs/{jobId}', { params: { path: { jobId: upload.jobId } } })
      .then(this.onJobs, () => {});
  }

  private async lookFor({ key, jobId }: RememberedUpload): Promise<void> {
    try {
      const call = server.GET('/v1/jobs/{jobId}/upload', { params: { path: { jobId } } });
      const sentBytes = arrivedBytes(await answerOf(call));
      if (this.find(key)?.state === 'fileless') this.change(key, { sentBytes });
    } catch (error) {
      // It is through, given up or too old; whatever else stands in the way is met again when the file is there.
      if (error instanceof ServerProblem && [404, 409, 410].includes(error.status)) this.drop(key);
    }
  }

  private startMore(): void {
    const next = this.uploads.find(({ id, state }) => state === 'waiting' && !this.running.has(id));
    if (!next || this.running.size >= atOnce) return;
    const stop = new AbortController();
    this.running.set(next.id, stop);
    void this.send(next.id, stop.signal).finally(() => {
      this.running.delete(next.id);
      this.startMore();
    });
    this.startMore();
  }

  private async send(id: string, signal: AbortSignal): Promise<void> {
    let best = 0;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        await this.sendOnce(id, signal);
        this.drop(id);
        this.onJobs();
        return;
      } catch (error) {
        if (signal.aborted) return;
        const problem = await problemOf(error, this.find(id)?.file);
        if (signal.aborted) return;
        const upload = this.find(id);
        if (overCodes.includes(problem.code)) {
          // Ended by somebody while it was sent: the list tells. Else it is begun anew.
          if (tries > 0) return this.drop(id);
          this.beginAnew(id);
          continue;
        }
        // A step forward, and the patience is back.
        if (upload && upload.sentBytes > best) tries = 0;
        best = Math.max(best, upload?.sentBytes ?? 0);
        const wait = waitAfter(problem, tries);
        if (wait === null) return this.change(id, { state: 'failed', problem });
        this.change(id, { state: problem.status === 0 ? 'offline' : 'sending' });
        await waitForLine(wait, signal);
      }
    }
  }

  private async sendOnce(id: string, signal: AbortSignal): Promise<void> {
    const upload = this.find(id);
    if (!upload?.file) throw new Error('an upload without its file');
    const { file, options, key, inParts } = upload;
    this.change(id, { state: 'sending', ...(inParts ? {} : { sentBytes: 0 }) });
    if (upload.jobId === null) await assertLength(file, this);
    await sendFile(
      { file, options, key, inParts },
      {
        signal,
        onProgress: (sentBytes) => signal.aborted || this.change(id, { sentBytes }),
        onJob: ({ jobId }) => {
          if (upload.jobId !== jobId) this.onJobs();
          this.change(id, { jobId });
          if (!inParts) return;
          const { name, sizeBytes, lastModified } = upload;
          rememberUpload({ userId: this.userId, key, jobId, name, sizeBytes, lastModified, options });
          if (!this.held.has(id)) this.held.set(id, holdUpload(key));
        },
      },
    );
  }

  private beginAnew(id: string): void {
    const upload = this.find(id);
    if (upload) forgetUpload(upload.key);
    this.letGo(id);
    this.change(id, { key: newUploadKey(), jobId: null, sentBytes: 0 });
  }

  /** It is through, or not wanted any more. */
  private drop(id: string): void {
    const upload = this.find(id);
    if (upload) forgetUpload(upload.key);
    this.letGo(id);
    this.set(this.uploads.filter((other) => other.id !== id));
  }

  private letGo(id: string): void {
    this.held.get(id)?.();
    this.held.delete(id);
  }

  private find(id: string): Upload | undefined {
    return this.uploads.find((upload) => upload.id === id);
  }

  private change(id: string, set: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...set } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

export function useUploads(queue: UploadQueue): readonly Upload[] {
  return useSyncExternalStore(queue.subscribe, queue.all);
}

function newUpload(file: File, options: UploadOptions, inParts: boolean): Upload {
  const key = newUploadKey();
  const { name, size: sizeBytes, lastModified } = file;
  const of = { id: key, key, name, sizeBytes, lastModified, file, inParts, options };
  return { ...of, jobId: null, state: 'waiting', sentBytes: 0, problem: null };
}

function filelessUpload(known: RememberedUpload): Upload {
  return {
    ...known,
    id: known.key,
    file: null,
    inParts: true,
    state: 'fileless',
    sentBytes: 0,
    problem: null,
  };
}

function isReadable(file: File): Promise<boolean> {
  const first = file.slice(0, 1).arrayBuffer();
  return first.then(
    () => true,
    () => false,
  );
}

/** Null: trying again won't help. A line that is gone is waited for as long as it takes. */
function waitAfter(problem: ServerProblem, tries: number): number | null {
  if (!isWorthRetrying(problem) && problem.code !== 'upload.incomplete') return null;
  const wait = problem.status === 0 ? (retryMs[tries] ?? retryMs.at(-1)) : retryMs[tries];
  return wait === undefined ? null : (problem.retryAfterSeconds ?? 0) * 1000 || wait;
}

/** Shorter when the browser finds its way back to the network, or when nobody waits any more. */
function waitForLine(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end() {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    }
    window.addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}

/** The file was changed, moved or taken away since it was chosen: browsers tell of that as of a lost connection. */
export const fileGone = 'page.file_gone';

async function problemOf(error: unknown, file: File | null | undefined): Promise<ServerProblem> {
  if (error instanceof ServerProblem) {
    if (error.status !== 0 || !file || (await isReadable(file))) return error;
    return new ServerProblem({ code: fileGone, status: -1, message: 'The file is gone.', cause: error });
  }
  return new ServerProblem({ code: 'page.failed', status: -1, message: String(error), cause: error });
}
