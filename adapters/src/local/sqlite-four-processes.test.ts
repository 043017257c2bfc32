import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock } from '@verbatim/domain';
import { aJob } from '@verbatim/domain/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalDatabase } from './local-database.ts';
import { additions, migrations } from './migrations.ts';
import { SqliteJobStore } from './sqlite-job-store.ts';
import { SqliteWorkQueue } from './sqlite-work-queue.ts';
import { testFolder } from './testing/test-folder.ts';

interface Worker {
  child: ChildProcess;
  lines: string[];
  ended: Promise<unknown>;
}

const started: Worker[] = [];

function start(task: string, path: string, name: string): Worker {
  const program = join(import.meta.dirname, 'testing/one-of-four.child.ts');
  const child = spawn(process.execPath, ['--conditions=source', program, task, path, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]);
  const worker = { child, lines, ended };
  started.push(worker);
  return worker;
}

const startFour = (task: string, path: string) => [1, 2, 3, 4].map((i) => start(task, path, `p${i}`));

/** Ends their input, as a supervisor that ends would, and waits. */
async function finish(workers: Worker[]): Promise<void> {
  for (const { child } of workers) child.stdin?.end();
  await Promise.all(workers.map(({ ended }) => ended));
}

afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
});

const linesOf = (workers: Worker[]) => workers.flatMap(({ lines }) => lines);
const numbersOf = (workers: Worker[]) =>
  linesOf(workers)
    .map(Number)
    .sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('four processes on one database', { timeout: 60_000 }, () => {
  it('do each message exactly once, though all send and receive at the same time', async () => {
    await using folder = await testFolder();
    // The file is not there yet: all four make it.
    const workers = startFour('work', join(folder.path, 'verbatim.db'));

    await vi.waitFor(() => expect(linesOf(workers).length).toBeGreaterThanOrEqual(200), { timeout: 50_000 });
    await finish(workers);

    expect(linesOf(workers)).toHaveLength(200);
    expect(new Set(linesOf(workers)).size).toBe(200);
    for (const { lines, child } of workers) {
      expect(lines.length).toBeGreaterThan(0);
      expect(child.exitCode).toBe(0);
    }
  });

  it('lose no message when one of them is killed, and a new one gets its messages at once', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'verbatim.db');
    const workers = startFour('work', path);
    const [victim] = workers as [Worker];
    // In the middle of its work: it sends, receives and handles.
    await vi.waitFor(() => expect(victim.lines.length).toBeGreaterThanOrEqual(10), { timeout: 50_000 });
    victim.child.kill('SIGKILL');
    await victim.ended;

    // The lease of 30 s would be too long to wait for: the one that comes next frees what the dead one held.
    workers.push(start('work', path, 'p5'));
    const db = LocalDatabase.open(path, { migrations, additions });
    const queue = new SqliteWorkQueue(db, new SystemClock());
    await vi.waitFor(
      async () => {
        expect(linesOf(workers).filter((line) => line.startsWith('p5-'))).toHaveLength(50);
        expect(await queue.depth('transcription')).toEqual({ visible: 0, inFlight: 0 });
      },
      { timeout: 20_000 },
    );
    db.close();
    await finish(workers);

    // Each that was ever sent was done; twice at most what the dead one had in its two slots.
    const done = linesOf(workers);
    const unique = new Set(done);
    for (const sender of ['p2', 'p3', 'p4', 'p5']) {
      expect([...unique].filter((line) => line.startsWith(`${sender}-`))).toHaveLength(50);
    }
    const fromVictim = [...unique]
      .filter((line) => line.startsWith('p1-'))
      .map((line) => Number(line.slice(3)));
    expect(fromVictim.sort((a, b) => a - b)).toEqual(upTo(fromVictim.length).map((n) => n - 1));
    expect(done.length - unique.size).toBeLessThanOrEqual(2);
  });

  it('win each fence of a job only once', async () => {
    await using folder = await testFolder();
    const path = join(folder.path, 'verbatim.db');
    const db = LocalDatabase.open(path, { migrations, additions });
    await new SqliteJobStore(db).create(aJob({ jobId: 'job_1' }));

    const workers = startFour('claim', path);
    await finish(workers);

    const fences = numbersOf(workers);
    expect(fences.length).toBeGreaterThanOrEqual(50);
    expect(fences).toEqual(upTo(fences.length));
    expect(await new SqliteJobStore(db).get('job_1')).toMatchObject({ fence: fences.length });
    db.close();
  });

  it('give away a hundred places and no more', async () => {
    await using folder = await testFolder();

    const workers = startFour('count', join(folder.path, 'verbatim.db'));
    await finish(workers);

    expect(numbersOf(workers)).toEqual(upTo(100));
  });
});
