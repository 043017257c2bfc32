/**
 * For tests: one of several processes that use the same database at the same time. It says what it did in lines on
 * stdout and ends when its stdin does.
 */
import { SystemClock } from '@verbatim/domain';
import { LocalDatabase } from '../local-database.ts';
import { additions, migrations } from '../migrations.ts';
import { SqliteCounters } from '../sqlite-counters.ts';
import { SqliteJobStore } from '../sqlite-job-store.ts';
import { SqliteWorkQueue } from '../sqlite-work-queue.ts';

const [task = '', path = '', me = ''] = process.argv.slice(2);
const db = LocalDatabase.open(path, { migrations, additions });
const clock = new SystemClock();
const say = (line: string | number) => process.stdout.write(`${line}\n`);

/** Sends fifty messages while it handles whatever comes; says each that it has done. */
async function work(): Promise<void> {
  const queue = new SqliteWorkQueue(db, clock, { lookMs: 20 });
  const consumer = queue.consume('transcription', { slots: 2 }, async ({ body }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    say(body);
    return 'done';
  });
  for (let i = 0; i < 50; i++) {
    await queue.send('transcription', `${me}-${i}`, { groupId: `user-${i % 3}` });
    await new Promise(setImmediate);
  }
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  await consumer.stop({ graceMs: 5_000 });
}

/** Claims one job fifty times over, against the others; says each fence that it won. */
async function claim(): Promise<void> {
  const store = new SqliteJobStore(db);
  for (let i = 0; i < 50; i++) {
    const fence = (await store.get('job_1'))?.fence ?? 0;
    // The others get a chance to claim between what we read and what we write.
    await new Promise(setImmediate);
    const won = await store.change('job_1', { expect: { fence }, set: { fence: fence + 1 } });
    if (won) say(won.fence);
  }
}

/** Asks fifty times for one of a hundred places; says the number of each that it got. */
async function count(): Promise<void> {
  const counters = new SqliteCounters(db, clock);
  for (let i = 0; i < 50; i++) {
    const { allowed, count } = await counters.addIfBelow('places', 1, 100, 86_400);
    if (allowed) say(count);
    await new Promise(setImmediate);
  }
}

const tasks: Record<string, () => Promise<void>> = { work, claim, count };
await tasks[task]?.();
db.close();
