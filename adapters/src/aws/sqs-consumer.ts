import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { Consumer } from '@verbatim/domain';
import { Consumer as Poller } from 'sqs-consumer';
import { longPollSeconds } from './aws-clients.ts';
import { type Delivery, type Handler, handleDelivery } from './sqs-delivery.ts';
import { queueCall } from './unavailable.ts';

export interface SqsConsumerSetup {
  slots: number;
  isReady?: () => Promise<boolean>;
  leaseMs: number;
  receiver: SQSClient;
  url(): Promise<string>;
  forgetUrl(): void;
  deliveryOf(message: Message): Delivery;
  handle: Handler;
  onError?: (error: unknown) => void;
}

/** What a handler gets for its outcome once it was told to end. */
const lastWordMs = 3_000;
const longestPauseMs = 10_000;
const notReadyPauseMs = 1_000;

/**
 * One poller a slot, one message a request: with more, the slowest message would hold up the others of its batch.
 * sqs-consumer only receives here; beats, deletes and returns are ours, since its own outlive neither failure nor stop.
 */
export class SqsConsumer implements Consumer {
  readonly #setup: SqsConsumerSetup;
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  readonly #handBack = new AbortController();
  readonly #slots: Promise<unknown>;
  #stopped: Promise<void> | undefined;

  constructor(setup: SqsConsumerSetup) {
    this.#setup = setup;
    this.#slots = Promise.all(Array.from({ length: setup.slots }, () => this.#runSlot()));
  }

  stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (await endsWithin(this.#slots, graceMs)) return;
    this.#abort.abort(new Error('the consumer stops'));
    if (await endsWithin(this.#slots, lastWordMs)) return;
    this.#handBack.abort();
    await this.#slots;
  }

  async #runSlot(): Promise<void> {
    const stopping = this.#stopping.signal;
    let failures = 0;
    while (!stopping.aborted) {
      try {
        await queueCall('receiving', () => this.#pollUntilStopped(() => (failures = 0)));
      } catch (error) {
        this.#setup.onError?.(error);
        this.#setup.forgetUrl();
        failures++;
        const pauseMs = Math.min(250 * 2 ** failures, longestPauseMs);
        await sleep(pauseMs, undefined, { signal: stopping }).catch(() => {});
      }
    }
  }

  /** Receives and handles, one after the other. Rejects when the queue does not answer. */
  async #pollUntilStopped(onAnswer: () => void): Promise<void> {
    const stopping = this.#stopping.signal;
    const poller = Poller.create({
      queueUrl: await this.#setup.url(),
      sqs: this.#setup.receiver,
      batchSize: 1,
      waitTimeSeconds: longPollSeconds,
      visibilityTimeout: Math.ceil(this.#setup.leaseMs / 1_000),
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      strictReturn: true,
      preReceiveMessageCallback: () => this.#untilReady(),
      handleMessage: async (message) => {
        await this.#handle(message);
        return undefined; // not to be deleted by the poller
      },
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onRoundEnd = () => {
      onAnswer();
      if (stopping.aborted) resolve();
    };
    poller.on('empty', onRoundEnd);
    poller.on('response_processed', onRoundEnd);
    poller.on('error', (error) => {
      poller.stop();
      if (stopping.aborted) resolve();
      else reject(error.cause ?? error);
    });
    const stop = () => {
      // Ends a request that waits for messages; a handler goes on, and its round's end resolves.
      poller.stop({ abort: true });
      if (!poller.status.isPolling) resolve();
    };
    stopping.addEventListener('abort', stop, { once: true });
    if (stopping.aborted) resolve();
    else poller.start();
    await promise.finally(() => stopping.removeEventListener('abort', stop));
  }

  async #untilReady(): Promise<void> {
    const { isReady } = this.#setup;
    const stopping = this.#stopping.signal;
    while (isReady && !stopping.aborted && !(await isReady())) {
      await sleep(notReadyPauseMs, undefined, { signal: stopping }).catch(() => {});
    }
  }

  async #handle(message: Message): Promise<void> {
    const onError = (error: unknown) => this.#setup.onError?.(error);
    const delivery = this.#setup.deliveryOf(message);
    // Arrived while the stop was on its way.
    if (this.#stopping.signal.aborted) return void (await delivery.hideFor(0).catch(onError));
    await handleDelivery(delivery, this.#setup.handle, {
      leaseMs: this.#setup.leaseMs,
      abort: this.#abort.signal,
      handBack: this.#handBack.signal,
      onError,
    });
  }
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timeUp = new AbortController();
  const ended = work.then(() => true);
  const late = sleep(ms, false, { signal: timeUp.signal }).catch(() => false);
  return Promise.race([ended, late]).finally(() => timeUp.abort());
}
