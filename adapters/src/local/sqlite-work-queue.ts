import {
  type Clock,
  type ConsumeOptions,
  type Consumer,
  type DeadMessage,
  type Outcome,
  type QueueDepth,
  type QueuedMessage,
  type QueueName,
  QueueUnavailable,
  WorkQueue,
} from '@verbatim/domain';
import type { LocalDatabase } from './local-database.ts';
import { ourselves } from './message-holder.ts';
import { type QueueTimes, SqliteConsumer } from './sqlite-consumer.ts';
import { SqliteMessages } from './sqlite-messages.ts';
import { orUnavailable } from './storage-faults.ts';

const defaultTimes: QueueTimes = { leaseMs: 30_000, beatMs: 10_000, lookMs: 200 };

/** The queues of one box, in the file that its programs share. */
export class SqliteWorkQueue extends WorkQueue {
  readonly #messages: SqliteMessages;
  readonly #clock: Clock;
  readonly #times: QueueTimes;
  readonly #consumers = new Set<SqliteConsumer>();

  constructor(db: LocalDatabase, clock: Clock, times: Partial<QueueTimes> = {}) {
    super();
    this.#messages = new SqliteMessages(db, ourselves);
    this.#clock = clock;
    this.#times = { ...defaultTimes, ...times };
  }

  async send(queue: QueueName, body: string, { groupId }: { groupId: string }): Promise<void> {
    this.#run(() => this.#messages.send(queue, body, groupId, this.#clock.now()));
    // Our own writes don't show in the data version: the consumers of this process are told.
    for (const consumer of this.#consumers) consumer.wake();
  }

  consume(
    queue: QueueName,
    options: ConsumeOptions,
    handle: (message: QueuedMessage) => Promise<Outcome>,
  ): Consumer {
    const consumer = new SqliteConsumer({
      queue,
      options,
      handle,
      messages: this.#messages,
      clock: this.#clock,
      times: this.#times,
      // Both wait on the same connection, so what one gives back the other would not see.
      onReturned: () => {
        for (const other of this.#consumers) other.wake();
      },
    });
    this.#consumers.add(consumer);
    return {
      stop: async ({ graceMs }) => {
        await consumer.stop(graceMs);
        this.#consumers.delete(consumer);
      },
    };
  }

  async peekDead(queue: QueueName): Promise<DeadMessage[]> {
    return this.#run(() => this.#messages.peekDead(queue));
  }

  async dropDead(queue: QueueName, messageId: string): Promise<boolean> {
    return this.#run(() => this.#messages.dropDead(queue, messageId));
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    return this.#run(() => this.#messages.depth(queue, this.#clock.now()));
  }

  /** Stops whatever still consumes; its messages go back. */
  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop(0)));
  }

  #run<T>(work: () => T): T {
    return orUnavailable(QueueUnavailable, 'the queue', work);
  }
}
