import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IdempotencyKeys, type KeyBinding, keyKeptMs } from '../../ports/idempotency-keys.ts';

export interface IdempotencyKeysUnderTest {
  keys: IdempotencyKeys;
  close(): Promise<void>;
}

/** `atOnce`: how many requests at the same time; an emulator answers no thousand of them in time. */
export function idempotencyKeysContract(
  name: string,
  open: () => Promise<IdempotencyKeysUnderTest>,
  { atOnce = 1_000 } = {},
): void {
  describe(`IdempotencyKeys contract: ${name}`, () => {
    let subject: IdempotencyKeysUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());

    // Rows may carry a time to live: only a time that is not long past keeps them.
    const boundAt = Date.now();
    const binding = (jobId: string, over: Partial<KeyBinding> = {}): KeyBinding => ({
      jobId,
      fingerprint: 'of-a-request',
      boundAt,
      ...over,
    });
    const bind = (userId: string, keyHash: string, to: KeyBinding) => subject.keys.bind(userId, keyHash, to);

    it('binds a key to what it is first used for, and says so to whoever comes later', async () => {
      const first = binding('job-1');
      expect(await bind('ana', 'first', first)).toEqual(first);

      const second = binding('job-2', { fingerprint: 'of-another', boundAt: boundAt + 1_000 });
      expect(await bind('ana', 'first', second)).toEqual(first);
    });

    it('keeps users and keys apart', async () => {
      await bind('ana', 'apart', binding('job-1'));

      expect(await bind('bob', 'apart', binding('job-2'))).toMatchObject({ jobId: 'job-2' });
      expect(await bind('ana', 'apart-2', binding('job-3'))).toMatchObject({ jobId: 'job-3' });
    });

    it(`binds a key of ${atOnce} requests at once to one job`, { timeout: 60_000 }, async () => {
      const bindings = await Promise.all(
        Array.from({ length: atOnce }, (_, index) => bind('ana', 'rush', binding(`job-${index}`))),
      );

      expect(new Set(bindings.map(({ jobId }) => jobId)).size).toBe(1);
    });

    it('frees a key after 24 hours, whether or not anything was tidied away', async () => {
      await bind('ana', 'old', binding('job-1'));

      const justBefore = binding('job-2', { boundAt: boundAt + keyKeptMs - 1 });
      expect(await bind('ana', 'old', justBefore)).toMatchObject({ jobId: 'job-1' });
      const after = binding('job-3', { boundAt: boundAt + keyKeptMs });
      expect(await bind('ana', 'old', after)).toEqual(after);
      expect(await bind('ana', 'old', binding('job-4', { boundAt: boundAt + keyKeptMs + 1 }))).toEqual(after);
    });
  });
}
