import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Counters } from '../../ports/counters.ts';

export interface CountersUnderTest {
  counters: Counters;
  close(): Promise<void>;
}

export function countersContract(name: string, open: () => Promise<CountersUnderTest>): void {
  describe(`Counters contract: ${name}`, () => {
    let subject: CountersUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());
    const add = (key: string, amount: number, limit: number, windowSeconds = 86_400) =>
      subject.counters.addIfBelow(key, amount, limit, windowSeconds);

    it('adds up to the limit and not past it', async () => {
      expect(await add('limit', 2, 5)).toMatchObject({ allowed: true, count: 2 });
      expect(await add('limit', 3, 5)).toMatchObject({ allowed: true, count: 5 });
      expect(await add('limit', 1, 5)).toMatchObject({ allowed: false, count: 5 });
    });

    it('leaves the count alone when it refuses, so that a smaller amount still fits', async () => {
      await add('smaller', 4, 5);
      expect(await add('smaller', 2, 5)).toMatchObject({ allowed: false, count: 4 });
      expect(await add('smaller', 1, 5)).toMatchObject({ allowed: true, count: 5 });
    });

    it('refuses at once what is more than the limit', async () => {
      expect(await add('too-much', 6, 5)).toMatchObject({ allowed: false, count: 0 });
    });

    it('reads a count without adding to it, of a key that nobody added to as well', async () => {
      expect(await subject.counters.read('read', 86_400)).toMatchObject({ count: 0 });
      const added = await add('read', 3, 5);

      const { allowed: _, ...window } = added;
      expect(await subject.counters.read('read', 86_400)).toEqual(window);
      expect(await subject.counters.read('read', 86_400)).toEqual(window);
      expect(window.resetsAt).toBeGreaterThan(Date.now());
    });

    it('counts each key by itself', async () => {
      await add('key-a', 5, 5);
      expect(await add('key-b', 5, 5)).toMatchObject({ allowed: true, count: 5 });
    });

    it('allows exactly as many as the limit of 100 adds at once', async () => {
      const results = await Promise.all(Array.from({ length: 100 }, () => add('rush', 1, 40)));

      const counts = results.filter(({ allowed }) => allowed).map(({ count }) => count);
      expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    });

    it('says when the window ends, and starts again from 0 then', async () => {
      const before = Date.now();
      const full = await add('window', 3, 3, 1);
      expect(full.allowed).toBe(true);
      // Fixed windows: ours may have begun before, and clocks differ by a little.
      expect(full.resetsAt).toBeGreaterThan(before - 1_000);
      expect(full.resetsAt).toBeLessThanOrEqual(Date.now() + 3_000);

      const after = await vi.waitFor(
        async () => {
          const next = await add('window', 2, 3, 1);
          expect(next.allowed).toBe(true);
          return next;
        },
        { timeout: 5_000, interval: 50 },
      );
      expect(after.count).toBe(2);
      expect(after.resetsAt).toBeGreaterThan(full.resetsAt);
    });
  });
}
