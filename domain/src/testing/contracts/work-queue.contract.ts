import { describe, expect, it, vi } from 'vitest';
import type { DeadMessage, Outcome, QueuedMessage } from '../../ports/work-queue.ts';
import {
  type Bench,
  benchForEachTest,
  type Eventually,
  type Handler,
  type WorkQueueAbilities,
  type WorkQueueUnderTest,
} from './work-queue-bench.ts';
import { sharesSlots } from './work-queue-slots.contract.ts';

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

const empty = { visible: 0, inFlight: 0 };

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

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
