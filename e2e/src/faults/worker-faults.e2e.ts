import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processTree } from '../drivers/processes.ts';
import { VerbatimClient } from '../drivers/verbatim-client.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { aRecording } from './clients/recordings.ts';
import type { Program } from './system/program.ts';
import { users } from './system/users.ts';
import { WatchedSystem } from './testing/watched-system.ts';

/** Time for what takes at most 5 s, on a machine that does other things, too. */
const soonMs = 10_000;

const logOf = (program: Program) => readFileSync(program.plan.logFile, 'utf8');
/** Seconds of work for a second of sound: time enough to see a short recording being heard. */
const slowly = '1.5';
const isHeard = ({ phase }: { phase: string }) => phase === 'transcribing';

describe('one worker', () => {
  let watched: WatchedSystem;
  let worker: Program;
  let client: VerbatimClient;
  beforeAll(async () => {
    watched = await WatchedSystem.start({ environment: { SIM_RTF: slowly } });
    worker = watched.program('worker-1');
    client = new VerbatimClient(watched.system.baseUrl, users[0]?.key);
  }, 120_000);
  afterAll(() => watched[Symbol.asyncDispose]());

  const cancel = async (jobId: string) => {
    const { status } = await client.fetch(`/v1/jobs/${jobId}/cancel`, { method: 'POST' });
    expect(status).toBe(202);
    return Date.now();
  };

  /** The one slot is free when the next job starts. */
  async function expectTheSlotToBeFree(since: number): Promise<void> {
    const next = watched.job(aRecording(0.2));
    const started = await watched.newest(({ startedAt }) => startedAt !== null);
    expect((started.startedAt ?? 0) - since).toBeLessThan(soonMs);
    expect((await next).seen.at(-1)?.status).toBe('COMPLETED');
  }

  it('row 6: ends with 0 soon after SIGTERM, hands its job back uncounted and takes no other', async () => {
    const running = watched.job(aRecording(8));
    const first = await watched.newest(isHeard);
    const waiting = watched.job(aRecording(0.5));
    const second = await watched.newest(({ status, jobId }) => status === 'QUEUED' && jobId !== first.jobId);

    const begun = performance.now();
    expect(await worker.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(soonMs);
    const jobs = await watched.system.platform.jobs();
    const recordOf = (jobId: string) => jobs.find(({ record }) => record.jobId === jobId)?.record;
    expect(recordOf(first.jobId)).toMatchObject({ status: 'QUEUED', failures: 0, interruptions: 1 });
    expect(recordOf(second.jobId)).toMatchObject({ status: 'QUEUED', fence: 0 });

    // Nothing is left to be seen of how they are heard.
    await watched.restart('worker-1', { SIM_RTF: '0' });
    for (const journey of await Promise.all([running, waiting])) {
      expect(journey.seen.at(-1)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    }
    await watched.restart('worker-1', { SIM_RTF: slowly });
  });

  it('row 63: stops for a cancelled job in whatever state it is, and nobody is told of an end', async () => {
    // Before its file came
    const { jobId, plan } = await watched.job(aRecording(1), { fate: 'abandon' });
    await cancel(jobId ?? '');
    plan.fate = 'cancel';

    // While it is heard; and one that waits behind it
    const heard = watched.job(aRecording(8));
    const first = await watched.newest(isHeard);
    const queued = watched.job(aRecording(2));
    const second = await watched.newest(({ status, jobId: id }) => status === 'QUEUED' && id !== first.jobId);
    await cancel(second.jobId);
    await expectTheSlotToBeFree(await cancel(first.jobId));
    for (const journey of await Promise.all([heard, queued])) {
      expect(journey.seen.at(-1)?.status).toBe('CANCELED');
    }
    const jobs = await watched.system.platform.jobs();
    expect(jobs.find(({ record }) => record.jobId === second.jobId)?.record.startedAt).toBeNull();
  });

  it('row 63: stops for a cancelled job while its chunks are heard', async () => {
    await watched.restart('worker-1', { SIM_RTF: '0.4' });
    const cut = watched.job(aRecording(14));
    const long = await watched.newest(({ chunks }) =>
      Object.values(chunks).some(({ state }) => state === 'working'),
    );
    await expectTheSlotToBeFree(await cancel(long.jobId));
    expect((await cut).seen.at(-1)?.status).toBe('CANCELED');
  });

  it('row 63: stops for a cancelled job while the engine hangs, and while the job waits for its retry', async () => {
    await watched.restart('worker-1', { SIM_FAILURES: 'hang=1', SIM_DEADLINE_SECONDS: '600' });
    const hanging = watched.job(aRecording(2));
    // It says 40 % and nothing more.
    const stuck = await watched.newest(({ audioSecondsDone }) => audioSecondsDone >= 0.8);
    const since = await cancel(stuck.jobId);
    expect((await hanging).seen.at(-1)?.status).toBe('CANCELED');
    await waitFor('the hanging engine to be replaced', () => logOf(worker).includes('engine.child_died'));
    expect(Date.now() - since).toBeLessThan(soonMs);

    await watched.restart('worker-1', { SIM_FAILURES: 'transient=1', RETRY_DELAYS_SECONDS: '600' });
    const failing = watched.job(aRecording(2));
    const resting = await watched.newest(({ status, failures }) => status === 'QUEUED' && failures === 1);
    await cancel(resting.jobId);
    expect((await failing).seen.at(-1)?.status).toBe('CANCELED');
    await watched.restart('worker-1', { SIM_FAILURES: '' });
  });

  it('row 63: what has ended can no longer be cancelled', async () => {
    const { jobId } = await watched.job(aRecording(0.2));
    const { status } = await client.fetch(`/v1/jobs/${jobId}/cancel`, { method: 'POST' });
    expect(status).toBe(409);
  });

  it.each([
    [9, 'hang', 'engine.timeout', '0.5'],
    [10, 'memory', 'engine.out_of_memory', '60'],
    [11, 'crash', 'engine.crashed', '60'],
  ])('row %i: survives an engine that does this: %s', async (_, kind, code, deadline) => {
    const failing = { SIM_RTF: '0', SIM_FAILURES: `${kind}=1`, SIM_DEADLINE_SECONDS: deadline };
    await watched.restart('worker-1', { ...failing, RETRY_DELAYS_SECONDS: '0.1,0.1,0.1' });
    const { pid } = worker.life ?? {};
    const { seen } = await watched.job(aRecording(1));
    expect(seen.at(-1)).toMatchObject({ status: 'FAILED', attempt: 4 });
    expect(await watched.newest(() => true)).toMatchObject({ errorCode: code, deadLetter: { reason: code } });
    expect(worker.life?.pid).toBe(pid);
    const engines = processTree(pid ?? 0).filter(({ command }) => command.includes('simulated-server'));
    expect(engines.length, 'none that failed is left').toBeLessThanOrEqual(1);
  });

  it('row 11: a recording that kills the engine harms no other one', async () => {
    await watched.restart('worker-1', { SIM_FAILURES: 'crash=0.5' });
    const lengths = Array.from({ length: 10 }, (_, index) => 1 + index / 10);
    const journeys = await Promise.all(lengths.map((seconds) => watched.job(aRecording(seconds))));
    const ends = journeys.map(({ seen }) => seen.at(-1));
    const failed = ends.filter((end) => end?.status === 'FAILED');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(10);
    for (const end of ends) expect(end?.attempt).toBe(end?.status === 'FAILED' ? 4 : 1);
  });

  it('keeps all the invariants through all of this', async () => {
    await watched.settled();
    expect(await watched.violations(['COMPLETED', 'FAILED', 'CANCELED'])).toEqual([]);
  });
});
