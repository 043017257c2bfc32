import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@verbatim/domain';
import type { VerbatimClient } from '../drivers/verbatim-client.ts';
import type { Target } from './target.ts';

const final = ['COMPLETED', 'FAILED', 'CANCELED', 'EXPIRED'];

/** How a hostile file ended: its job's status or failure code, or how it was refused. */
export interface Outcome {
  /** `COMPLETED`, a failure code, `refused 415`, `retried` (a hostile file must not be worth a second try) or `stuck`. */
  what: string;
  job: Job | null;
}

/** Sends files and waits for their ends, with one look at the list for all that are under way. */
export class Outcomes {
  readonly #target: Target;
  readonly #client: VerbatimClient;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  readonly #withinMs: number;
  #looking = false;

  constructor(target: Target, client: VerbatimClient, withinMs = 120_000) {
    this.#target = target;
    this.#client = client;
    this.#withinMs = withinMs;
  }

  async of(fileName: string, bytes: Uint8Array): Promise<Outcome> {
    const response = await this.#target.send(this.#client, fileName, bytes);
    if (!response.ok) {
      await response.arrayBuffer();
      return { what: `refused ${response.status}`, job: null };
    }
    const { job_id: jobId } = (await response.json()) as { job_id: string };
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#waiting.set(jobId, resolve);
    const timer = setTimeout(() => this.#settle(jobId, { what: 'stuck', job: null }), this.#withinMs);
    if (!this.#looking) void this.#look();
    return promise.finally(() => clearTimeout(timer));
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#waiting.size > 0) {
      await sleep(60);
      // A server that does not answer shows as files that are stuck.
      const jobs = await this.#target.jobsOf(this.#client).catch(() => []);
      for (const job of jobs) {
        const ended = final.includes(job.status);
        if (ended) this.#settle(job.jobId, { what: job.error?.code ?? job.status, job });
        else if (job.attempt > 1) this.#settle(job.jobId, { what: 'retried', job });
      }
    }
    this.#looking = false;
  }

  #settle(jobId: string, outcome: Outcome): void {
    this.#waiting.get(jobId)?.(outcome);
    this.#waiting.delete(jobId);
  }
}

/** A few at a time, and no more once it is aborted. */
export async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = iterator.next(); !next.done && !signal.aborted; next = iterator.next())
      await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
