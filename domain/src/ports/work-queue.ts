import type { EpochMs } from './clock.ts';

/** `uploads`: objects that arrived. `transcription`: jobs to do. `notification`: people to tell. */
export const queueNames = ['uploads', 'transcription', 'notification'] as const;
export type QueueName = (typeof queueNames)[number];

export interface QueuedMessage {
  body: string;
  /** Stays the same over redeliveries of one message; two sends have two ids. */
  messageId: string;
  /** How often it was handed out, this time included. */
  receives: number;
  /** Aborts when the message is no longer ours: a beat was refused, or the consumer stops. */
  signal: AbortSignal;
}

/** What becomes of a message: gone; back after a while; or set aside in the dead-letter queue. */
export type Outcome = 'done' | { returnInMs: number } | { dead: string };

export interface Consumer {
  /**
   * Receives no more at once; resolves when the running handlers are done. After `graceMs` their signals abort: then a
   * handler has 3 s for its outcome, which counts, before its message is handed back for others to receive at once.
   */
  stop(options: { graceMs: number }): Promise<void>;
}

export interface ConsumeOptions {
  /** Messages handled at the same time; one is received only when a slot is free. */
  slots: number;
  /** Asked before each receive: while it says no, messages are left to others. Left out: always ready. */
  isReady?: () => Promise<boolean>;
  /** For the log: a handler threw, or the queue did not answer. Either way the consumer carries on. */
  onError?: (error: unknown) => void;
}

/** A message that nobody could handle, set aside as it came. Its body may be anything, from anybody. */
export interface DeadMessage {
  messageId: string;
  body: string;
  /** As its handler said; null: the queue itself gave it up. */
  reason: string | null;
  /** When it was set aside; null where that is not known. */
  at: EpochMs | null;
}

export interface QueueDepth {
  visible: number;
  inFlight: number;
}

/**
 * Says "now" to whoever is free; at least once, in no order; of equal messages that wait, perhaps once. A message belongs
 * to its receiver for 30 s, prolonged every 10 s while the handler runs, and comes back when the receiver dies. Adapters:
 * SQS, SQLite, in memory.
 */
export abstract class WorkQueue {
  /** `groupId`: whose message this is; groups are served in turn. @throws QueueUnavailable */
  abstract send(queue: QueueName, body: string, options: { groupId: string }): Promise<void>;

  /** A handler that throws gives the message back to be tried again after a while. */
  abstract consume(
    queue: QueueName,
    options: ConsumeOptions,
    handle: (message: QueuedMessage) => Promise<Outcome>,
  ): Consumer;

  /**
   * Some of a queue's dead messages, ten at least where there are as many. They stay where they are; on SQS a look hides
   * them from other looks for some seconds. @throws QueueUnavailable
   */
  abstract peekDead(queue: QueueName): Promise<DeadMessage[]>;

  /** Throws one away; false when it is not there, or hidden by somebody's look. @throws QueueUnavailable */
  abstract dropDead(queue: QueueName, messageId: string): Promise<boolean>;

  /** @throws QueueUnavailable */
  abstract depth(queue: QueueName): Promise<QueueDepth>;
}
