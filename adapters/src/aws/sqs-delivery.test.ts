import { type Outcome, type QueuedMessage, QueueUnavailable } from '@verbatim/domain';
import { describe, expect, it, vi } from 'vitest';
import { type Delivery, handleDelivery } from './sqs-delivery.ts';

/** What was done with the message, in order; `hideFor` can be made to fail. */
function aDelivery(hide: () => Promise<void> = async () => {}) {
  const done: string[] = [];
  const delivery: Delivery = {
    body: '{}',
    messageId: 'm1',
    receives: 1,
    hideFor: async (ms) => {
      done.push(`hide ${ms}`);
      await hide();
    },
    remove: async () => done.push('remove'),
    bury: async (reason) => done.push(`bury ${reason}`),
  };
  return { delivery, done };
}

function run(delivery: Delivery, handle: (message: QueuedMessage) => Promise<Outcome>, leaseMs = 90) {
  const errors: unknown[] = [];
  const abort = new AbortController().signal;
  const terms = { leaseMs, abort, handBack: abort, onError: (error: unknown) => errors.push(error) };
  return handleDelivery(delivery, handle, terms).then(() => errors);
}

/** A handler that works until it is told that the message is lost. */
const untilAborted = ({ signal }: QueuedMessage) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );

describe('handleDelivery', () => {
  it('tells the handler at the first beat that is refused, and leaves the message to its new holder', async () => {
    const { delivery, done } = aDelivery(() => Promise.reject(new Error('the receipt handle has expired')));

    await run(delivery, untilAborted);

    expect(done).toEqual(['hide 90']);
  });

  it('bears silence until the lease is over', async () => {
    const { delivery, done } = aDelivery(() => Promise.reject(new QueueUnavailable('no answer')));
    const start = performance.now();

    const errors = await run(delivery, untilAborted);

    expect(performance.now() - start).toBeGreaterThanOrEqual(90);
    expect(done.length).toBeGreaterThanOrEqual(3);
    expect(errors[0]).toBeInstanceOf(QueueUnavailable);
  });

  it('goes on when beats are answered again in time', async () => {
    let beats = 0;
    const { delivery, done } = aDelivery(async () => {
      if (++beats === 1) throw new QueueUnavailable('no answer');
    });

    await run(delivery, async ({ signal }) => {
      await vi.waitFor(() => expect(beats).toBeGreaterThanOrEqual(6), { interval: 5 });
      return signal.aborted ? { dead: 'lost' } : 'done';
    });

    expect(done.at(-1)).toBe('remove');
  });

  it('settles after the last beat, so that none hides again what was given back', async () => {
    const beat = Promise.withResolvers<void>();
    const { delivery, done } = aDelivery(() => (done.length === 1 ? beat.promise : Promise.resolve()));

    const handled = run(delivery, async () => {
      await vi.waitFor(() => expect(done).toEqual(['hide 90']), { interval: 5 });
      return { returnInMs: 0 };
    });
    setTimeout(beat.resolve, 50);
    await handled;

    expect(done).toEqual(['hide 90', 'hide 0']);
  });

  it('does not throw when the message can’t be settled: it comes back by itself', async () => {
    const { delivery } = aDelivery(() => Promise.reject(new QueueUnavailable('no answer')));

    const errors = await run(delivery, async () => ({ returnInMs: 0 }));

    expect(errors).toEqual([expect.any(QueueUnavailable)]);
  });
});
