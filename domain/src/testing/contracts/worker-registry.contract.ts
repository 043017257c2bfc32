import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerRegistry, WorkerRow } from '../../ports/worker-registry.ts';

export interface WorkerRegistryUnderTest {
  registry: WorkerRegistry;
  close(): Promise<void>;
}

export function workerRegistryContract(name: string, open: () => Promise<WorkerRegistryUnderTest>): void {
  describe(`WorkerRegistry contract: ${name}`, () => {
    let subject: WorkerRegistryUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());

    // Rows may carry a time to live: then only a time that is not long past keeps them.
    const now = Date.now();
    const row = (workerId: string, over: Partial<WorkerRow> = {}): WorkerRow => ({
      workerId,
      version: '0.1.0',
      slots: 2,
      busy: 1,
      model: 'demo',
      engine: 'whisper-server',
      realTimeFactor: 0.25,
      startedAt: now - 60_000,
      seenAt: now,
      ...over,
    });
    const listed = async (ids: string[], since: number) =>
      (await subject.registry.list(since)).filter(({ workerId }) => ids.includes(workerId));

    it('lists a worker as its last beat said', async () => {
      await subject.registry.beat(row('w-beat', { busy: 0, seenAt: now - 10_000 }));
      await subject.registry.beat(row('w-beat', { busy: 2 }));

      expect(await listed(['w-beat'], now - 30_000)).toEqual([row('w-beat', { busy: 2 })]);
    });

    it('leaves out workers that were not seen since', async () => {
      await subject.registry.beat(row('w-old', { seenAt: now - 31_000 }));
      await subject.registry.beat(row('w-edge', { seenAt: now - 30_000 }));

      const ids = (await listed(['w-old', 'w-edge'], now - 30_000)).map(({ workerId }) => workerId);
      expect(ids).toEqual(['w-edge']);
    });

    it('forgets a worker that left, and does not mind one that it never knew', async () => {
      await subject.registry.beat(row('w-left'));
      await subject.registry.leave('w-left');
      await subject.registry.leave('w-never');

      expect(await listed(['w-left', 'w-never'], 0)).toEqual([]);
    });
  });
}
