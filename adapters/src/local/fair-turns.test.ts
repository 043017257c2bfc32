import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { type ReceivedMessage, SqliteMessages } from './sqlite-messages.ts';
import { testFolder } from './testing/test-folder.ts';

/**
 * The real queue, in a world where work takes exactly as long as it says and no time passes otherwise: so waits can be
 * measured to the second, over thousands of messages.
 */

interface Sent {
  user: string;
  /** How long the work takes. */
  seconds: number;
  at: number;
  count: number;
}

const queue = 'transcription';
const dayMs = 86_400_000;

/** How long each of `user`'s messages waited, in seconds, in the order in which they were served. */
async function waitsOf(user: string, slots: number, sent: Sent[]): Promise<number[]> {
  await using folder = await testFolder();
  const db = LocalDatabase.open(join(folder.path, 'verbatim.db'), { migrations, additions });
  // Nothing here has to survive a power cut.
  db.prepare('PRAGMA synchronous = OFF').run();
  try {
    return simulate(new SqliteMessages(db, 'worker'), user, slots, sent);
  } finally {
    db.close();
  }
}

function simulate(messages: SqliteMessages, user: string, slots: number, sent: Sent[]): number[] {
  const arrivals = sent.toSorted((a, b) => a.at - b.at);
  const expected = sent.filter((each) => each.user === user).reduce((sum, { count }) => sum + count, 0);
  const running: { message: ReceivedMessage; endsAt: number }[] = [];
  const waits: number[] = [];
  for (let now = 0; waits.length < expected; now = nextMoment(arrivals, running)) {
    while (arrivals[0] && arrivals[0].at <= now) {
      const { user: groupId, seconds, at, count } = arrivals.shift() as Sent;
      for (let n = 0; n < count; n++)
        messages.send(queue, JSON.stringify({ seconds, at, groupId, n }), groupId, at * 1_000);
    }
    for (const done of running.filter(({ endsAt }) => endsAt <= now)) {
      messages.settle(queue, done.message, 'done', now * 1_000);
      running.splice(running.indexOf(done), 1);
    }
    while (running.length < slots) {
      const message = messages.receive(queue, now * 1_000, now * 1_000 + dayMs);
      if (!message) break;
      const { seconds, at } = JSON.parse(message.body) as Sent;
      if (message.groupId === user) waits.push(now - at);
      running.push({ message, endsAt: now + seconds });
    }
  }
  return waits;
}

function nextMoment(arrivals: Sent[], running: { endsAt: number }[]): number {
  return Math.min(arrivals[0]?.at ?? Infinity, ...running.map(({ endsAt }) => endsAt));
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

const flood = (seconds: number, count = 10_000): Sent => ({ user: 'ana', seconds, at: 0, count });

describe('one user with 10,000 messages', { timeout: 60_000 }, () => {
  it.each([
    // slots, seconds of each of ana's, seconds of each of bob's, how many bob has
    ['of the same kind, and one slot', 1, 60, 60, 50],
    ['of the same kind, and four slots', 4, 60, 60, 200],
    ['of ten minutes each, and another of ten seconds, one slot', 1, 600, 10, 200],
    ['of ten minutes each, and another of ten seconds, four slots', 4, 600, 10, 400],
    ['of ten seconds each, and another of ten minutes, two slots', 2, 10, 600, 10],
  ])(
    '%s: the waits of another at most double, but for what already runs',
    async (_, slots, anas, bobs, count) => {
      const bob: Sent = { user: 'bob', seconds: bobs, at: 1, count };
      const alone = await waitsOf('bob', slots, [bob]);
      const beside = await waitsOf('bob', slots, [flood(anas), bob]);

      // Nothing that runs is stopped: who comes waits for a slot, and whoever has had less for what is begun beside it.
      const longest = Math.max(anas, bobs);
      beside.forEach((wait, index) => {
        expect(wait, `message ${index}`).toBeLessThanOrEqual(2 * (alone[index] ?? 0) + 2 * longest);
      });
      if (count * bobs > 10 * anas) {
        expect(percentile(beside, 0.95) / percentile(alone, 0.95)).toBeLessThanOrEqual(2.1);
      }
    },
  );

  it('delays somebody who comes now and then by one message at most', async () => {
    const visits = Array.from({ length: 20 }, (_, index) => ({
      user: 'bob',
      seconds: 5,
      at: 1_000 * (index + 1) + 7,
      count: 1,
    }));
    const waits = await waitsOf('bob', 2, [flood(60), ...visits]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60);
  });

  it('delays nobody by the same messages sent again, which take no time', async () => {
    const bob: Sent = { user: 'bob', seconds: 60, at: 1, count: 50 };
    const once = await waitsOf('bob', 2, [flood(60), bob]);
    const again = await waitsOf('bob', 2, [flood(60), flood(0, 5_000), flood(0, 5_000), bob]);
    expect(percentile(again, 0.95)).toBeLessThanOrEqual(percentile(once, 0.95) + 60);
  });

  it('leaves the others their turns, when there are many of them', async () => {
    const others = Array.from({ length: 20 }, (_, index) => ({
      user: `user-${index}`,
      seconds: 60,
      at: 1,
      count: 5,
    }));
    const alone = await waitsOf('user-7', 4, others);
    const beside = await waitsOf('user-7', 4, [flood(60), ...others]);
    expect(percentile(beside, 0.95)).toBeLessThanOrEqual(1.2 * percentile(alone, 0.95) + 60);
  });
});

describe('a recording of ten hours', () => {
  it('in 60 pieces lets a short one by after the piece that runs', async () => {
    const bob: Sent = { user: 'bob', seconds: 20, at: 700, count: 1 };
    const [wait] = await waitsOf('bob', 1, [flood(600, 60), bob]);
    expect(wait).toBe(500);
  });
});

describe('a user who was served a lot', () => {
  it('does not pay for it once nobody waits, nor for longer than others wait', async () => {
    // Given that ana had the machine for herself for an hour
    const ana: Sent = { user: 'ana', seconds: 60, at: 0, count: 60 };
    const anaAgain: Sent = { user: 'ana', seconds: 60, at: 4_000, count: 10 };
    const bob: Sent = { user: 'bob', seconds: 60, at: 4_000, count: 10 };
    // When both send as much, then both are served alike
    const anas = (await waitsOf('ana', 1, [ana, anaAgain, bob])).slice(60);
    const bobs = await waitsOf('bob', 1, [ana, anaAgain, bob]);
    expect(Math.abs(Math.max(...anas) - Math.max(...bobs))).toBeLessThanOrEqual(60);
  });

  it('is not favoured by sending one message at a time', async () => {
    // Ana sends the next ten minutes whenever the last are done; bob's many short ones still get half of the time.
    const anas = Array.from({ length: 20 }, (_, index) => ({
      user: 'ana',
      seconds: 600,
      at: 600 * index,
      count: 1,
    }));
    const bob: Sent = { user: 'bob', seconds: 10, at: 1, count: 200 };
    const waits = await waitsOf('bob', 1, [...anas, bob]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * 2_000 + 2 * 600);
  });
});
