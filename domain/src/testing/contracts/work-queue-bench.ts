import { afterEach, beforeEach, expect } from 'vitest';
import type {
  ConsumeOptions,
  Consumer,
  Outcome,
  QueuedMessage,
  QueueName,
  WorkQueue,
} from '../../ports/work-queue.ts';

export interface WorkQueueUnderTest {
  queue: WorkQueue;
  /** Takes a message that is being handled away from its receiver, as when its lease ran out. */
  takeAway?(queue: QueueName, messageId: string): Promise<void>;
  close(): Promise<void>;
}

export interface WorkQueueAbilities {
  /** A lease for the tests that outlast it; at least three beats long. */
  shortLeaseMs: number;
  /** Messages of a group that has just been served wait for those of others. SQS only promises to try. */
  servesGroupsInTurn: boolean;
  /** Whether `takeAway` is there and a handler learns of it by its signal. */
  noticesLostLease: boolean;
  /** How long a message that is free may take to its handler. Default: 4 s. */
  deliveryMs?: number;
}

export type Handler = (message: QueuedMessage) => Promise<Outcome>;
export type Eventually = <T>(check: () => T | Promise<T>) => Promise<T>;

/** A queue under test with its consumers, which all end with the test. */
export interface Bench extends WorkQueueUnderTest {
  send(...bodies: string[]): Promise<void>;
  consume(handle: Handler, options?: Partial<ConsumeOptions>): Consumer;
}

export function benchForEachTest(open: () => Promise<WorkQueueUnderTest>): () => Bench {
  let bench: Bench | undefined;
  let consumers: Consumer[] = [];
  beforeEach(async () => {
    const subject = await open();
    consumers = [];
    bench = {
      ...subject,
      send: async (...bodies) => {
        for (const body of bodies) await subject.queue.send('transcription', body, { groupId: 'ana' });
      },
      consume: (handle, options = {}) => {
        const consumer = subject.queue.consume('transcription', { slots: 1, ...options }, handle);
        consumers.push(consumer);
        return consumer;
      },
    };
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop({ graceMs: 0 })));
    await bench?.close();
    bench = undefined;
  });
  return () => bench ?? expect.fail('the queue was not opened');
}
