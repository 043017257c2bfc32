import { expect, it } from 'vitest';
import type { Bench, Eventually, Handler, WorkQueueAbilities } from './work-queue-bench.ts';

/** How many messages at once, by whom, and whose turn it is. */
export function sharesSlots(bench: () => Bench, eventually: Eventually, abilities: WorkQueueAbilities): void {
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
