import {
  type Clock,
  type ConsumeOptions,
  type Outcome,
  type QueuedMessage,
  type QueueName,
  QueueUnavailable,
} from '@verbatim/domain';
import { isGone } from './message-holder.ts';
import type { ReceivedMessage, SqliteMessages } from './sqlite-messages.ts';
import { asUnavailable } from './storage-faults.ts';

/** All in milliseconds; tests shorten them. */
export interface QueueTimes {
  /** How long a message stays with a receiver that gives no sign of life. */
  leaseMs: number;
  beatMs: number;
  /** How often an idle consumer looks whether anybody has written. */
  lookMs: number;
}

export interface ConsumerSetup {
  queue: QueueName;
  options: ConsumeOptions;
  handle: (message: QueuedMessage) => Promise<Outcome>;
  messages: SqliteMessages;
  clock: Clock;
  times: QueueTimes;
  /** A message is free again. */
  onReturned: () => void;
}

/** What a handler gets for its outcome once it was told to end. */
const lastWordMs = 3_000;
const longestPauseMs = 10_000;

/** Receives while a slot is free; an idle one looks into the table every moment, which is one step in an index. */
export class SqliteConsumer {
  readonly #setup: ConsumerSetup;
  readonly #running = new Map<ReceivedMessage, { abort: AbortController; ended: Promise<void> }>();
  readonly #receiving: Promise<void>;
  #stopped: Promise<void> | undefined;
  #alarm = Promise.withResolvers<void>();
  #faultsInARow = 0;

  constructor(setup: ConsumerSetup) {
    this.#setup = setup;
    // Not before whoever consumes has got its consumer.
    this.#receiving = Promise.resolve().then(() => this.#receiveUntilStopped());
  }

  /** There may be a message, or a free slot. */
  wake(): void {
    this.#alarm.resolve();
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    this.wake();
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    if (await this.#endsWithin(graceMs)) return;
    for (const { abort } of this.#running.values()) abort.abort(new Error('the consumer stops'));
    if (await this.#endsWithin(lastWordMs)) return;
    for (const message of this.#running.keys()) this.#settle(message, { returnInMs: 0 });
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const timeUp = Promise.withResolvers<false>();
    const timer = setTimeout(timeUp.resolve, ms, false);
    const ended = this.#receiving
      .then(() => Promise.all([...this.#running.values()].map((running) => running.ended)))
      .then(() => true);
    return Promise.race([ended, timeUp.promise]).finally(() => clearTimeout(timer));
  }

  async #receiveUntilStopped(): Promise<void> {
    this.#freeLostMessages();
    while (!this.#stopped) {
      const message = (await this.#mayReceive()) ? this.#receive() : null;
      if (message) this.#start(message);
      else await this.#rest();
    }
  }

  /** Whoever starts after a crash need not wait for the leases of the dead. */
  #freeLostMessages(): void {
    const { messages, queue, clock } = this.#setup;
    try {
      messages.free(queue, isGone, clock.now());
      messages.adoptGroups();
    } catch (error) {
      this.#report(error);
    }
  }

  async #mayReceive(): Promise<boolean> {
    const { slots, isReady } = this.#setup.options;
    if (this.#running.size >= slots) return false;
    if (!isReady) return true;
    return (await isReady()) && !this.#stopped;
  }

  #receive(): ReceivedMessage | null {
    const { messages, queue, clock, times } = this.#setup;
    const now = clock.now();
    try {
      const message = messages.receive(queue, now, now + times.leaseMs);
      this.#faultsInARow = 0;
      return message;
    } catch (error) {
      this.#faultsInARow++;
      this.#report(error);
      return null;
    }
  }

  /** Until it is woken or time to look again; the longer, the longer the table has not answered. */
  async #rest(): Promise<void> {
    const pauseMs = Math.min(this.#setup.times.lookMs * 2 ** this.#faultsInARow, longestPauseMs);
    const timer = setTimeout(() => this.wake(), pauseMs);
    await this.#alarm.promise;
    clearTimeout(timer);
    this.#alarm = Promise.withResolvers();
  }

  #start(message: ReceivedMessage): void {
    const abort = new AbortController();
    const ended = this.#handle(message, abort).finally(() => {
      this.#running.delete(message);
      this.wake();
    });
    this.#running.set(message, { abort, ended });
  }

  async #handle(message: ReceivedMessage, abort: AbortController): Promise<void> {
    const { body, messageId, receives } = message;
    const stopBeating = this.#keepBeating(message, abort);
    let outcome: Outcome;
    try {
      outcome = await this.#setup.handle({ body, messageId, receives, signal: abort.signal });
    } catch (error) {
      this.#report(error);
      // Told to end, it threw: that is no reason to let the message wait.
      outcome = { returnInMs: abort.signal.aborted ? 0 : retryDelayMs(receives) };
    } finally {
      stopBeating();
    }
    this.#settle(message, outcome);
  }

  #keepBeating(message: ReceivedMessage, abort: AbortController): () => void {
    const { messages, clock, times } = this.#setup;
    let heldUntil = clock.now() + times.leaseMs;
    const timer = setInterval(() => {
      const until = clock.now() + times.leaseMs;
      try {
        if (messages.hold(message, until)) heldUntil = until;
        else heldUntil = 0;
      } catch (error) {
        this.#report(error);
      }
      if (heldUntil <= clock.now()) abort.abort(new Error('the message is not ours any more'));
    }, times.beatMs);
    return () => clearInterval(timer);
  }

  /** A table that does not answer costs a redelivery when the lease runs out. */
  #settle(message: ReceivedMessage, outcome: Outcome): void {
    const { messages, queue, clock } = this.#setup;
    try {
      messages.settle(queue, message, outcome, clock.now());
    } catch (error) {
      this.#report(error);
    }
    if (typeof outcome === 'object' && 'returnInMs' in outcome) this.#setup.onReturned();
  }

  #report(error: unknown): void {
    this.#setup.options.onError?.(asUnavailable(QueueUnavailable, 'the queue', error));
  }
}

/** 1 s, doubling to a minute. */
function retryDelayMs(receives: number): number {
  return Math.min(1_000 * 2 ** (receives - 1), 60_000);
}
