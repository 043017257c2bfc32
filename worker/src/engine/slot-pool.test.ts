import { describe, expect, it } from 'vitest';
import { SlotPool } from './slot-pool.ts';

const never = new AbortController().signal;

describe('a pool of slots', () => {
  it('lets a call that was aborted before it came to wait go at once, and the next ones have their turn', async () => {
    const pool = new SlotPool([{ isReady: true }]);
    const work = Promise.withResolvers<void>();
    const first = pool.use(never, () => work.promise);

    const why = new Error('cancelled');
    await expect(pool.use(AbortSignal.abort(why), async () => {})).rejects.toBe(why);

    const second = pool.use(never, async () => 'heard');
    work.resolve();
    await first;
    expect(await second).toBe('heard');
  });

  it('lets a waiting call go when it is aborted', async () => {
    const pool = new SlotPool([{ isReady: true }]);
    const work = Promise.withResolvers<void>();
    const first = pool.use(never, () => work.promise);
    const abort = new AbortController();
    const waiting = pool.use(abort.signal, async () => {});
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    work.resolve();
    await first;
  });
});
