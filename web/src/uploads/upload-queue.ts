import { useSyncExternalStore } from 'react';
import type { Job } from '../server/follow-job.ts';
import { isWorthRetrying, ServerProblem } from '../server/server-problem.ts';
import { sendFile } from './send-file.ts';
import type { UploadOptions } from './upload-options.ts';

export interface Upload {
  id: string;
  file: File;
  options: UploadOptions;
  state: 'waiting' | 'sending' | 'offline' | 'failed';
  sentBytes: number;
  problem: ServerProblem | null;
}

/** More at once are no quicker: the line is the limit. */
const atOnce = 3;
const retryMs = [1_000, 3_000, 10_000, 30_000];

/** All uploads of this page, whichever view is shown: a plain store, so that leaving a view ends nothing. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly running = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();
  private readonly onJob: (job: Job) => void;

  constructor(onJob: (job: Job) => void) {
    this.onJob = onJob;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly all = (): readonly Upload[] => this.uploads;

  add(files: readonly File[], options: UploadOptions): void {
    const added = files.map(
      (file): Upload => ({
        id: crypto.randomUUID(),
        file,
        options,
        state: 'waiting',
        sentBytes: 0,
        problem: null,
      }),
    );
    this.set([...this.uploads, ...added]);
    this.startMore();
  }

  again(id: string): void {
    this.change(id, { state: 'waiting', problem: null });
    this.startMore();
  }

  /** Stops it and forgets it; its job, if there is one, expires by itself. */
  remove(id: string): void {
    this.running.get(id)?.abort(new DOMException('taken away', 'AbortError'));
    this.set(this.uploads.filter((upload) => upload.id !== id));
  }

  private startMore(): void {
    const next = this.uploads.find(({ id, state }) => state === 'waiting' && !this.running.has(id));
    if (!next || this.running.size >= atOnce) return;
    const stop = new AbortController();
    this.running.set(next.id, stop);
    void this.send(next, stop.signal).finally(() => {
      this.running.delete(next.id);
      this.startMore();
    });
    this.startMore();
  }

  private async send({ id, file, options }: Upload, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        this.change(id, { state: 'sending', sentBytes: 0 });
        const onProgress = (sentBytes: number) => this.change(id, { sentBytes });
        this.onJob(await sendFile(file, options, id, { signal, onJob: this.onJob, onProgress }));
        this.set(this.uploads.filter((upload) => upload.id !== id));
        return;
      } catch (error) {
        if (signal.aborted) return;
        const problem = problemOf(error);
        const wait = retryMs[tries];
        if (!isWorthRetrying(problem) || wait === undefined) {
          this.change(id, { state: 'failed', problem });
          return;
        }
        this.change(id, { state: problem.status === 0 ? 'offline' : 'sending' });
        await new Promise((resolve) => setTimeout(resolve, (problem.retryAfterSeconds ?? 0) * 1000 || wait));
      }
    }
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

function problemOf(error: unknown): ServerProblem {
  if (error instanceof ServerProblem) return error;
  return new ServerProblem({ code: 'page.failed', status: -1, message: String(error), cause: error });
}
