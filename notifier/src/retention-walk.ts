import { dueUnder } from '@verbatim/domain';
import type { NotifierPorts } from './notifier-ports.ts';

const pageSize = 250;
const restMs = 24 * 60 * 60_000;

/**
 * Brings today's retention to jobs that were settled under other settings: their `dueAt` says something else, or nothing.
 * A page of the table a round, once after the start and once a day; what it finds is due, and the reconciler does it.
 */
export class RetentionWalk {
  readonly #ports: Pick<NotifierPorts, 'jobs' | 'clock' | 'times'>;
  #cursor: string | undefined;
  #restsUntil = 0;

  constructor(ports: Pick<NotifierPorts, 'jobs' | 'clock' | 'times'>) {
    this.#ports = ports;
  }

  /** @throws StorageUnavailable; the next call goes on with the same page */
  async goOn(): Promise<void> {
    const { jobs, clock, times } = this.#ports;
    const { audioMs, transcriptMs } = times.retention;
    if ((audioMs === null && transcriptMs === null) || clock.now() < this.#restsUntil) return;

    const page = { limit: pageSize, ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }) };
    const { items, nextCursor } = await jobs.walk(page);
    for (const job of items) {
      const change = dueUnder(times.retention, job);
      if (change) await jobs.change(job.jobId, change);
    }
    this.#cursor = nextCursor ?? undefined;
    if (nextCursor === null) this.#restsUntil = clock.now() + restMs;
  }
}
