import { isFinal, type Job } from '@verbatim/domain';
import type { Response } from 'express';
import { versionOf } from '../job-views.ts';

/** What a client waits before it connects again after the stream broke off, in milliseconds. */
const reconnectMs = 2_000;

/**
 * The states of one job to one client, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * A client that reads slowly misses states in between and never the newest; one that does not read at all is dropped.
 */
export class JobStream {
  private readonly response: Response;
  private readonly heartbeat: NodeJS.Timeout;
  private version: string | null;
  private lastId = 0;
  /** Waits until the client has read what was sent before. */
  private waiting: Job | null = null;
  private silentBeats = 0;

  constructor(response: Response, seen: string | null, options: { heartbeatMs: number; onEnd: () => void }) {
    this.response = response;
    this.version = seen;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would keep events until it has a page of them.
      'X-Accel-Buffering': 'no',
      // With the stream the connection ends too: nothing is left to wait for when the server stops.
      Connection: 'close',
    });
    response.write(`retry: ${reconnectMs}\n\n`);
    this.heartbeat = setInterval(() => this.beat(), options.heartbeatMs);
    response.on('drain', () => {
      if (this.waiting) this.send(this.waiting);
    });
    response.once('close', () => {
      clearInterval(this.heartbeat);
      options.onEnd();
    });
  }

  /** Ends the stream with a state that is final. */
  send(job: Job): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    const version = versionOf(job);
    const ends = isFinal(job.status);
    if (this.response.writableNeedDrain && !ends) {
      this.waiting = job;
      return;
    }
    this.waiting = null;
    if (version !== this.version) {
      this.version = version;
      this.lastId = Math.max(this.lastId + 1, Date.now());
      this.response.write(
        `id: ${eventId(this.lastId, version)}\nevent: job\ndata: ${JSON.stringify(job)}\n\n`,
      );
    }
    if (ends) this.end();
  }

  end(): void {
    this.response.end();
  }

  /** A comment, so that no proxy takes the connection for a dead one. */
  private beat(): void {
    const { writableNeedDrain, writableEnded } = this.response;
    if (writableNeedDrain || writableEnded) {
      if (++this.silentBeats > 3) this.response.destroy();
      return;
    }
    this.silentBeats = 0;
    this.response.write(': still here\n\n');
  }
}

/** Grows with time, whichever instance gives it, and names the state that it was given to. */
function eventId(order: number, version: string): string {
  return `${order}.${version}`;
}

/** Which state a client has seen, by the id of its last event. */
export function versionOfEventId(id: string | undefined): string | null {
  return /^\d+\.([\w-]{22})$/.exec(id ?? '')?.[1] ?? null;
}
