import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isRunning, processTree } from '../drivers/processes.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { freezeWorkers } from './inject/signal-programs.ts';
import type { Row } from './rows/row.ts';
import { killEverythingInTurn } from './rows/row-01-kill-everything-in-turn.ts';
import { type Campaign, runRow } from './run-row.ts';
import { preload } from './system/preload.ts';

const stop = new AbortController();
afterAll(() => stop.abort());

const campaign: Campaign = {
  ...{ platform: 'local', seed: '1', pollMs: 300, stop: stop.signal },
  jobs: 40,
  clients: 6,
};

/** `npm run faults -- --row 1`, in a minute instead of an hour. */
describe('a minute of kill -9', { timeout: 600_000 }, () => {
  it('loses, doubles and leaves behind nothing', async () => {
    const times = [preload('short-times.ts')];
    const row: Row = {
      ...killEverythingInTurn,
      environment: { RECONCILE_MS: '500' },
      preloads: { worker: times, notifier: times, api: times },
    };
    const report = await runRow(row, { ...campaign, faultyMs: 25_000 });
    expect(report.violations).toEqual([]);
    expect(report.complaints).toEqual([]);
    expect(report.passed).toBe(true);
    // The faults were there: without them this says nothing.
    for (const kind of ['api', 'worker', 'notifier'])
      expect(report.faults[`kill -9 ${kind}`]).toBeGreaterThan(0);
    expect(report.jobs.accepted).toBeGreaterThan(30);
  });
});

/** A worker is stopped in the middle of its work until another one has done it, and then goes on as if nothing were. */
const zombies: Row = {
  number: 8,
  fault: 'SIGSTOP of a worker for longer than a short lease, then SIGCONT',
  outcome: 'its late writes change nothing',
  platforms: ['local'],
  environment: { RECONCILE_MS: '200', SIM_RTF: '0.5', SIM_DEADLINE_SECONDS: '60' },
  preloads: { worker: [preload('short-leases.ts')], notifier: [preload('short-leases.ts')] },
  async inject(stage) {
    await freezeWorkers({ forMs: 15_000, everyMs: 1_500 }, stage);
    return undefined;
  },
};

describe('the checker', { timeout: 600_000 }, () => {
  it('sees what comes of it when the table ignores fences', async () => {
    const workers = [...(zombies.preloads?.['worker'] ?? []), preload('ignore-fences.ts')];
    const fenceless: Row = { ...zombies, preloads: { ...zombies.preloads, worker: workers } };
    // What it does to the jobs may never be settled.
    const report = await runRow(fenceless, { ...campaign, jobs: 12, settleMs: 5_000, keep: false });
    expect(report.passed).toBe(false);
    expect(report.violations.map(({ invariant }) => invariant)).toContain('I8');
  });
});

describe('npm run faults', () => {
  it('ends at Ctrl-C and leaves no process', async () => {
    const main = resolve(import.meta.dirname, 'main.ts');
    const command = spawn(process.execPath, [main, '--row', '0', '--jobs', '1000'], { stdio: 'ignore' });
    const ended = once(command, 'exit') as Promise<[number | null]>;
    const below = () => processTree(command.pid ?? -1).slice(1);
    await waitFor('its five programs to run', () => {
      return below().filter(({ command: line }) => line.includes('dist/main.js')).length >= 5;
    });

    const all = below();
    command.kill('SIGINT');

    expect((await ended)[0]).toBe(130);
    expect(all.filter(({ pid }) => isRunning(pid))).toEqual([]);
  });
});
