import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  ConsumeOptions,
  Consumer,
  DeadMessage,
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

type Handler = (message: QueuedMessage) => Promise<Outcome>;
type Eventually = <T>(check: () => T | Promise<T>) => Promise<T>;

/** A queue under test with its consumers, which all end with the test. */
interface Bench extends WorkQueueUnderTest {
  send(...bodies: string[]): Promise<void>;
  consume(handle: Handler, options?: Partial<ConsumeOptions>): Consumer;
}

/**
 * `open` is called for every test and gives empty queues, whose messages stay hidden for `leaseMs` without a beat.
 * With the real lease of 30 s, what happens in a test happens because somebody saw to it, not because a lease ran out.
 */
export function workQueueContract(
  name: string,
  open: (settings: { leaseMs: number }) => Promise<WorkQueueUnderTest>,
  abilities: WorkQueueAbilities,
): void {
  const timeout = abilities.deliveryMs ?? 4_000;
  const eventually: Eventually = (check) => vi.waitFor(check, { timeout, interval: 20 });
  const withBench = (leaseMs: number) => benchForEachTest(() => open({ leaseMs }));

  describe(`WorkQueue contract: ${name}`, { timeout: 10 * timeout }, () => {
    describe('outcomes', () => settlesMessages(withBench(30_000), eventually));
    describe('slots and groups', () => sharesSlots(withBench(30_000), eventually, abilities));
    describe('leases', () => keepsLeases(withBench(abilities.shortLeaseMs), eventually, abilities));
    describe('stop', () => stops(withBench(30_000), eventually));
  });
}

function benchForEachTest(open: () => Promise<WorkQueueUnderTest>): () => Bench {
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

const empty = { visible: 0, inFlight: 0 };

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function settlesMessages(bench: () => Bench, eventually: Eventually): void {
  it('hands out what was sent, and is rid of it when it is done', async () => {
    const seen: QueuedMessage[] = [];
    await bench().send('{"text":"größer 🎧"}');

    bench().consume(async (message) => {
      seen.push(message);
      return 'done';
    });

    await eventually(async () => expect(await bench().queue.depth('transcription')).toEqual(empty));
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatchObject({ body: '{"text":"größer 🎧"}', receives: 1 });
    expect(seen[0]?.messageId).toMatch(/./);
    expect(await bench().queue.peekDead('transcription')).toEqual([]);
  });

  it('wakes an idle consumer for a message that comes later, of its own queue only', async () => {
    const seen: string[] = [];
    bench().consume(async ({ body }) => {
      seen.push(body);
      return 'done';
    });

    await bench().queue.send('notification', 'for others', { groupId: 'ana' });
    await bench().send('later');

    await eventually(() => expect(seen).toEqual(['later']));
    expect(await bench().queue.depth('notification')).toEqual({ visible: 1, inFlight: 0 });
  });

  it('brings a message back after the time that was asked for, as the same message', async () => {
    const seen: (QueuedMessage & { at: number })[] = [];
    await bench().send('again');

    bench().consume(async (message) => {
      seen.push({ ...message, at: Date.now() });
      return seen.length < 3 ? { returnInMs: 1_000 } : 'done';
    });

    await eventually(() => expect(seen).toHaveLength(3));
    expect(seen.map(({ receives }) => receives)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(({ messageId }) => messageId)).size).toBe(1);
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(900);
  });

  it('delivers what is sent while its twin is worked on, under an id of its own', async () => {
    const ids = new Set<string>();
    await bench().send('twin');

    bench().consume(async ({ messageId }) => {
      ids.add(messageId);
      if (ids.size === 1) await bench().send('twin');
      return 'done';
    });

    await eventually(() => expect(ids.size).toBe(2));
  });

  it('sets a dead message aside', async () => {
    let handled = 0;
    await bench().send('not json');

    bench().consume(async () => {
      handled++;
      return { dead: 'message.undecodable' };
    });

    const dead = { body: 'not json', reason: 'message.undecodable', messageId: expect.stringMatching(/./) };
    await eventually(async () => expect(await bench().queue.peekDead('transcription')).toMatchObject([dead]));
    await eventually(async () => expect(await bench().queue.depth('transcription')).toEqual(empty));
    expect(handled).toBe(1);
  });

  it('shows dead messages as often as one looks, when they were set aside, and throws one away', async () => {
    const start = Date.now();
    await bench().send('a', 'b', 'c');
    bench().consume(async ({ body }) => (body === 'c' ? 'done' : { dead: `no ${body}` }));
    const peek = () => bench().queue.peekDead('transcription');
    const bodies = async () => (await peek()).map(({ body }) => body).sort();
    await eventually(async () => expect(await bodies()).toEqual(['a', 'b']));
    await eventually(async () => expect(await bodies()).toEqual(['a', 'b']));

    const [first] = await eventually(async () => (await peek()) as [DeadMessage, DeadMessage]);
    const { messageId, at, reason, body } = first;
    expect(reason).toBe(`no ${body}`);
    expect(Math.abs((at ?? 0) - start)).toBeLessThan(60_000);
    expect(await bench().queue.dropDead('uploads', messageId)).toBe(false);
    await eventually(async () => expect(await bench().queue.dropDead('transcription', messageId)).toBe(true));

    const other = body === 'a' ? 'b' : 'a';
    await eventually(async () => expect(await bodies()).toEqual([other]));
    expect(await bench().queue.dropDead('transcription', messageId)).toBe(false);
  });

  it('tries a message again whose handler threw, and reports the error', async () => {
    const errors: unknown[] = [];
    const receives: number[] = [];
    await bench().send('thrown');

    bench().consume(
      async (message) => {
        receives.push(message.receives);
        if (message.receives === 1) throw new Error('stumbled');
        return 'done';
      },
      { onError: (error) => errors.push(error) },
    );

    await eventually(() => expect(receives).toEqual([1, 2]));
    expect(errors.map(String)).toContainEqual(expect.stringContaining('stumbled'));
  });
}

function sharesSlots(bench: () => Bench, eventually: Eventually, abilities: WorkQueueAbilities): void {
  it('handles as many messages at once as there are slots, and leaves the others to others', async () => {
    const release = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    let done = 0;
    await bench().send('1', '2', '3', '4', '5');

    bench().consume(
      async () => {
        most = Math.max(most, ++running);
        await release.promise;
        running--;
        done++;
        return 'done';
      },
      { slots: 2 },
    );
    await eventually(() => expect(running).toBe(2));
    await eventually(async () =>
      expect(await bench().queue.depth('transcription')).toEqual({ visible: 3, inFlight: 2 }),
    );
    release.resolve();

    await eventually(() => expect(done).toBe(5));
    expect(most).toBe(2);
  });

  it('gives each message to one of several consumers', async () => {
    const seen: string[] = [];
    const bodies = Array.from({ length: 20 }, (_, i) => `${i}`);
    await bench().send(...bodies);
    const handle: Handler = async ({ body }) => {
      seen.push(body);
      return 'done';
    };

    for (let i = 0; i < 3; i++) bench().consume(handle, { slots: 2 });

    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(20));
    expect([...seen].sort()).toEqual([...bodies].sort());
  });

  it('leaves messages to others while it is not ready', async () => {
    const seen: string[] = [];
    const takes =
      (name: string): Handler =>
      async () => {
        seen.push(name);
        return 'done';
      };
    let ready = false;
    bench().consume(takes('first'), { isReady: async () => ready });
    bench().consume(takes('other'), { isReady: async () => !ready });
    await bench().send('1', '2', '3');
    await eventually(() => expect(seen).toEqual(['other', 'other', 'other']));

    // The other one may be waiting for a message already, and take one more.
    ready = true;
    await bench().send('4', '5', '6');
    await eventually(() => expect(seen.slice(3)).toContain('first'));
  });

  if (abilities.servesGroupsInTurn) {
    /** No two messages alike. */
    const sender = () => {
      let sent = 0;
      return (groupId: string) => bench().queue.send('transcription', `${groupId} ${sent++}`, { groupId });
    };
    const groupOf = (body: string) => body.slice(0, body.indexOf(' '));

    it('serves groups in turn, so that nobody waits behind the whole of a long line', async () => {
      const served: string[] = [];
      const send = sender();
      for (let i = 0; i < 6; i++) await send('many');
      await send('few');
      await send('few');

      bench().consume(async ({ body }) => {
        served.push(groupOf(body));
        return 'done';
      });

      await eventually(() => expect(served).toHaveLength(8));
      expect(served.slice(0, 4).sort()).toEqual(['few', 'few', 'many', 'many']);
    });

    it('does not favour a group that sends its next message when its last one is done', async () => {
      const served: string[] = [];
      const send = sender();
      await send('one-by-one');
      for (let i = 0; i < 3; i++) await send('patient');

      bench().consume(async ({ body }) => {
        served.push(groupOf(body));
        if (groupOf(body) === 'one-by-one' && served.length < 20) await send('one-by-one');
        return 'done';
      });

      await eventually(() => expect(served.filter((group) => group === 'patient')).toHaveLength(3));
      expect(served.lastIndexOf('patient')).toBeLessThan(7);
    });
  }
}

function keepsLeases(bench: () => Bench, eventually: Eventually, abilities: WorkQueueAbilities): void {
  it('keeps the message of a handler that takes longer than the lease', async () => {
    const { shortLeaseMs } = abilities;
    const receives: number[] = [];
    const aborts: boolean[] = [];
    await bench().send('long');
    const handle: Handler = async (message) => {
      receives.push(message.receives);
      // The passing of time itself is what is tested here.
      await new Promise((resolve) => setTimeout(resolve, 2.5 * shortLeaseMs));
      aborts.push(message.signal.aborted);
      return 'done';
    };

    bench().consume(handle);
    bench().consume(handle);

    await vi.waitFor(() => expect(aborts).toEqual([false]), { timeout: 10 * shortLeaseMs, interval: 20 });
    await eventually(async () => expect(await bench().queue.depth('transcription')).toEqual(empty));
    expect(receives).toEqual([1]);
  });

  if (abilities.noticesLostLease) {
    it('tells a handler by its signal that the message is no longer its own', async () => {
      let handled = 0;
      let told = false;
      await bench().send('lost');
      bench().consume(async ({ messageId, signal }) => {
        if (++handled > 1) return 'done';
        await bench().takeAway?.('transcription', messageId);
        await aborted(signal);
        told = true;
        return 'done';
      });

      await eventually(() => expect(told).toBe(true));
    });
  }
}

function stops(bench: () => Bench, eventually: Eventually): void {
  it('lets running handlers finish, and receives nothing more', async () => {
    const release = Promise.withResolvers<void>();
    const seen: string[] = [];
    await bench().send('running', 'waiting');
    const consumer = bench().consume(async ({ body }) => {
      seen.push(body);
      await release.promise;
      return 'done';
    });
    await eventually(() => expect(seen).toHaveLength(1));

    const stopped = consumer.stop({ graceMs: 20_000 });
    release.resolve();
    await stopped;

    expect(seen).toHaveLength(1);
    await eventually(async () =>
      expect(await bench().queue.depth('transcription')).toEqual({ visible: 1, inFlight: 0 }),
    );
  });

  it('aborts after the grace period and counts what the handler makes of it', async () => {
    let reached = false;
    await bench().send('aborted');
    const consumer = bench().consume(async ({ signal }) => {
      reached = true;
      await aborted(signal);
      return { returnInMs: 0 };
    });
    await eventually(() => expect(reached).toBe(true));

    await consumer.stop({ graceMs: 50 });

    await expectHandedBackAtOnce(bench(), eventually);
  });

  it('hands back at once the message of a handler that throws when it is aborted', async () => {
    let reached = false;
    await bench().send('aborted');
    const consumer = bench().consume(async ({ signal }) => {
      reached = true;
      await aborted(signal);
      throw signal.reason;
    });
    await eventually(() => expect(reached).toBe(true));

    await consumer.stop({ graceMs: 0 });

    await expectHandedBackAtOnce(bench(), eventually);
  });

  it('hands back the message of a handler that does not listen', async () => {
    const never = Promise.withResolvers<Outcome>();
    let reached = false;
    await bench().send('deaf');
    const consumer = bench().consume(async () => {
      reached = true;
      return never.promise;
    });
    await eventually(() => expect(reached).toBe(true));

    await consumer.stop({ graceMs: 0 });

    await expectHandedBackAtOnce(bench(), eventually);
    never.resolve('done');
  });

  it('can be stopped twice, and when idle', async () => {
    const consumer = bench().consume(async () => 'done');

    await Promise.all([consumer.stop({ graceMs: 1_000 }), consumer.stop({ graceMs: 0 })]);

    await expect(consumer.stop({ graceMs: 0 })).resolves.toBeUndefined();
  });
}

/** Somebody else gets the message, and the same one, long before its lease would have run out. */
async function expectHandedBackAtOnce(bench: Bench, eventually: Eventually): Promise<void> {
  const receives: number[] = [];
  bench.consume(async (message) => {
    receives.push(message.receives);
    return 'done';
  });
  await eventually(() => expect(receives).toEqual([2]));
}
