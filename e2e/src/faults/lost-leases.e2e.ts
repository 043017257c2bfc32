import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../drivers/wait-for.ts';
import { aRecording } from './clients/recordings.ts';
import { preload } from './system/preload.ts';
import type { Program } from './system/program.ts';
import { WatchedSystem } from './testing/watched-system.ts';

const logOf = (program: Program) => readFileSync(program.plan.logFile, 'utf8');
const isHeard = ({ phase }: { phase: string }) => phase === 'transcribing';

describe('a worker that loses its lease, beside another one', () => {
  const deafness = join(tmpdir(), `verbatim-deaf-${process.pid}`);
  let watched: WatchedSystem;
  beforeAll(async () => {
    const preloads = { 'worker-1': [preload('lose-beats.ts', { file: deafness })] };
    watched = await WatchedSystem.start({
      environment: { SIM_RTF: '0.8' },
      instances: { worker: 2 },
      preloads,
    });
  }, 120_000);
  afterAll(async () => {
    rmSync(deafness, { force: true });
    await watched[Symbol.asyncDispose]();
  });

  const holderOf = ({ lease }: { lease: { worker: string } | null }) =>
    watched.system.programsOfKind('worker').find(({ life }) => lease?.worker.includes(`-${life?.pid}-`));

  it('row 8: frozen beyond its lease, it changes nothing when it goes on', async () => {
    const ended = watched.job(aRecording(8));
    const holder = holderOf(await watched.newest(isHeard));
    holder?.signal('SIGSTOP');
    expect((await ended).seen.at(-1)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    const before = await watched.newest(({ status }) => status === 'COMPLETED');

    holder?.signal('SIGCONT');
    await waitFor('the frozen worker to drop the job', () => holder && logOf(holder).includes('job.dropped'));
    const after = await watched.newest(() => true);
    expect(after.result).toEqual(before.result);
    expect(after).toMatchObject({ failures: 0, result: { version: `r1-${after.fence}` } });
    expect(after.fence).toBeGreaterThan(1);
  });

  it('row 26: whose beats are lost gives up its work, and another one does it', async () => {
    const [deaf, other] = [watched.program('worker-1'), watched.program('worker-2')];
    await other.stop();
    writeFileSync(deafness, '');
    const drops = () => logOf(deaf).split('"job.dropped"').length;
    const before = drops();
    const ended = watched.job(aRecording(8));
    await waitFor('the deaf worker to let go', () => drops() > before);
    // As deaf as it is, it could only take the job and lose it again.
    await deaf.stop();
    other.start();
    expect((await ended).seen.at(-1)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    rmSync(deafness);
    deaf.start();
  });

  it('keeps all the invariants through all of this', async () => {
    await watched.settled();
    expect(await watched.violations()).toEqual([]);
  });
});
