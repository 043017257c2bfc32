import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs, hourOf, type Throughput } from '../../ports/throughput.ts';

export interface ThroughputUnderTest {
  throughput: Throughput;
  close(): Promise<void>;
}

/** `open` is called once: each test keeps to an hour of its own, none of them long past, since old ones may go. */
export function throughputContract(name: string, open: () => Promise<ThroughputUnderTest>): void {
  describe(`Throughput contract: ${name}`, () => {
    let subject: ThroughputUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject?.close());
    const thisHour = hourOf(Date.now());
    const hourAt = async (hour: number) =>
      (await subject.throughput.list(hour)).find((found) => found.hour === hour);

    it('adds up what was done within an hour, each amount by itself', async () => {
      const hour = thisHour - hourMs;
      await subject.throughput.add(hour, { completed: 1, audioSeconds: 61.5, processingSeconds: 12.25 });
      await subject.throughput.add(hour + hourMs - 1, {
        completed: 1,
        audioSeconds: 0.25,
        processingSeconds: 1,
      });
      await subject.throughput.add(hour + 1000, { failed: 1 });

      expect(await hourAt(hour)).toEqual({
        hour,
        completed: 2,
        failed: 1,
        audioSeconds: 61.75,
        processingSeconds: 13.25,
      });
    });

    it('has nothing of an hour in which nothing was done', async () => {
      expect(await hourAt(thisHour - 5 * hourMs)).toBeUndefined();
    });

    it('lists hours from the one that a time lies in, oldest first', async () => {
      const first = thisHour - 20 * hourMs;
      for (const hours of [2, 0, 1]) await subject.throughput.add(first + hours * hourMs, { failed: 1 });

      const listed = await subject.throughput.list(first + hourMs + 1000);
      const ours = listed.map(({ hour }) => hour).filter((hour) => hour <= first + 2 * hourMs);
      expect(ours).toEqual([first + hourMs, first + 2 * hourMs]);
    });

    it('loses none of 50 amounts that are added at once', async () => {
      const hour = thisHour - 30 * hourMs;
      const amounts = { completed: 1, audioSeconds: 2 };
      await Promise.all(Array.from({ length: 50 }, () => subject.throughput.add(hour, amounts)));
      expect(await hourAt(hour)).toMatchObject({ completed: 50, audioSeconds: 100 });
    });
  });
}
