import { randomUUID } from 'node:crypto';
import { QueueUnavailable } from '../../errors.ts';
import {
  type ConsumeOptions,
  type Consumer,
  type DeadMessage,
  type Outcome,
  type QueueDepth,
  type QueuedMessage,
  type QueueName,
  WorkQueue,
} from '../../ports/work-queue.ts';

interface StoredMessage {
  queue: QueueName;
  messageId: string;
  body: string;
  groupId: string;
  receives: number;
  visibleAt: number;
  /** Null while nobody handles it. */
  receiver: AbortController | null;
}

type Handler = (message: QueuedMessage) => Promise<Outcome>;

/** One process, no leases: a message that is being handled stays with its handler until it answers or is stopped. */
export class InMemoryWorkQueue extends WorkQueue {
  readonly messages: StoredMessage[] = [];
  readonly dead: (DeadMessage & { queue: QueueName })[] = [];
  /** While true, send and depth throw QueueUnavailable. */
  down = false;
  /** How long a message waits whose handler threw. */
  retryMs = 100;
  readonly #consumers = new Set<InMemoryConsumer>();
  /** The order in which groups were served last; who is not in it was never served. */
  readonly #served = new Map<string, number>();
  #turns = 0;

  /** The bodies that wait in a queue or are being handled, parsed. */
  bodies(queue: QueueName): unknown[] {
    return this.messages.filter((message) => message.queue === queue).map(({ body }) => JSON.parse(body));
  }

  async send(queue: QueueName, body: string, { groupId }: { groupId: string }): Promise<void> {
    if (this.down) throw new QueueUnavailable('the queue in memory is down');
    const messageId = randomUUID();
    this.messages.push({ queue, messageId, body, groupId, receives: 0, visibleAt: 0, receiver: null });
    this.wake();
  }

  consume(queue: QueueName, options: ConsumeOptions, handle: Handler): Consumer {
    const consumer = new InMemoryConsumer(this, queue, options, handle);
    this.#consumers.add(consumer);
    this.wake();
    return {
      stop: ({ graceMs }) => {
        this.#consumers.delete(consumer);
        return consumer.stop(graceMs);
      },
    };
  }

  async peekDead(queue: QueueName): Promise<DeadMessage[]> {
    if (this.down) throw new QueueUnavailable('the queue in memory is down');
    const messages = this.dead.filter((message) => message.queue === queue);
    return messages.map(({ messageId, body, reason, at }) => ({ messageId, body, reason, at }));
  }

  async dropDead(queue: QueueName, messageId: string): Promise<boolean> {
    if (this.down) throw new QueueUnavailable('the queue in memory is down');
    const index = this.dead.findIndex((dead) => dead.queue === queue && dead.messageId === messageId);
    if (index !== -1) this.dead.splice(index, 1);
    return index !== -1;
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    if (this.down) throw new QueueUnavailable('the queue in memory is down');
    const all = this.messages.filter((message) => message.queue === queue);
    const visible = all.filter(isFree).length;
    return { visible, inFlight: all.length - visible };
  }

  /** The free message of the group that was served longest ago. */
  receive(queue: QueueName): StoredMessage | undefined {
    const servedAt = (message: StoredMessage) => this.#served.get(`${queue}/${message.groupId}`) ?? 0;
    const [next] = this.messages
      .filter((message) => message.queue === queue && isFree(message))
      .sort((a, b) => servedAt(a) - servedAt(b));
    if (next) this.#served.set(`${queue}/${next.groupId}`, ++this.#turns);
    return next;
  }

  settle(message: StoredMessage, outcome: Outcome): void {
    message.receiver = null;
    if (typeof outcome === 'object' && 'returnInMs' in outcome) {
      message.visibleAt = Date.now() + outcome.returnInMs;
      // A timer may fire a millisecond early.
      setTimeout(() => this.wake(), outcome.returnInMs + 1).unref();
      return;
    }
    this.messages.splice(this.messages.indexOf(message), 1);
    const { queue, messageId, body } = message;
    if (outcome !== 'done') this.dead.push({ queue, messageId, body, reason: outcome.dead, at: Date.now() });
  }

  wake(): void {
    for (const consumer of this.#consumers) setImmediate(() => void consumer.fill());
  }
}

function isFree(message: StoredMessage): boolean {
  return message.receiver === null && message.visibleAt <= Date.now();
}

class InMemoryConsumer {
  readonly #queue: InMemoryWorkQueue;
  readonly #name: QueueName;
  readonly #options: ConsumeOptions;
  readonly #handle: Handler;
  readonly #running = new Map<StoredMessage, Promise<void>>();
  #stopping = false;

  constructor(queue: InMemoryWorkQueue, name: QueueName, options: ConsumeOptions, handle: Handler) {
    this.#queue = queue;
    this.#name = name;
    this.#options = options;
    this.#handle = handle;
  }

  async fill(): Promise<void> {
    const { isReady } = this.#options;
    if (isReady && !(await isReady())) {
      setTimeout(() => void this.fill(), 20).unref();
      return;
    }
    while (!this.#stopping && this.#running.size < this.#options.slots) {
      const message = this.#queue.receive(this.#name);
      if (!message) return;
      message.receives++;
      message.receiver = new AbortController();
      this.#running.set(message, this.#run(message, message.receiver));
    }
  }

  async #run(message: StoredMessage, receiver: AbortController): Promise<void> {
    const { body, messageId, receives } = message;
    const outcome = await this.#handle({ body, messageId, receives, signal: receiver.signal }).catch(
      (error) => {
        this.#options.onError?.(error);
        return { returnInMs: this.#stopping ? 0 : this.#queue.retryMs };
      },
    );
    this.#running.delete(message);
    // Handed back meanwhile: what the handler makes of it counts no more.
    if (message.receiver === receiver) this.#queue.settle(message, outcome);
    this.#queue.wake();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await this.#finishedWithin(graceMs);
    for (const { receiver } of this.#running.keys()) receiver?.abort(new Error('the consumer stops'));
    await this.#finishedWithin(100);
    for (const message of this.#running.keys()) this.#queue.settle(message, { returnInMs: 0 });
  }

  async #finishedWithin(ms: number): Promise<void> {
    const timeUp = Promise.withResolvers<void>();
    const timer = setTimeout(timeUp.resolve, ms);
    await Promise.race([Promise.all(this.#running.values()), timeUp.promise]);
    clearTimeout(timer);
  }
}
