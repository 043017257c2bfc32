import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ending, type SupervisedProgram, type SupervisorTimes, supervise } from './supervise.ts';

const quick: SupervisorTimes = { firstPauseMs: 10, longestPauseMs: 40, calmMs: 60_000 };
const soon = { timeout: 10_000, interval: 10 };

describe('supervise', { timeout: 30_000 }, () => {
  let folder: string;
  let running: SupervisedProgram[] = [];
  const lines: string[] = [];
  const deaths: { ending: Ending; pauseMs: number }[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-supervise-'));
    lines.length = 0;
    deaths.length = 0;
  });
  afterEach(async () => {
    await Promise.all(running.map((program) => program.stop(0)));
    running = [];
    rmSync(folder, { recursive: true });
  });

  it('hands on every line that a program prints, on stdout and stderr', async () => {
    run(`console.log('one'); console.error('two'); ${stayAlive}`);
    await vi.waitFor(() => expect([...lines].sort()).toEqual(['one', 'two']), soon);
  });

  it('starts a program that dies again, waiting longer each time', async () => {
    run('process.exit(3)', quick);
    await vi.waitFor(() => expect(deaths.length).toBeGreaterThanOrEqual(4), soon);
    expect(deaths.slice(0, 4).map((death) => death.pauseMs)).toEqual([10, 20, 40, 40]);
    expect(deaths[0]?.ending).toEqual({ code: 3, signal: null });
  });

  it('starts a program that was killed again', async () => {
    run(`console.log(process.pid); ${stayAlive}`, quick);
    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    process.kill(Number(lines[0]), 'SIGKILL');
    await vi.waitFor(() => expect(lines).toHaveLength(2), soon);
    expect(deaths).toEqual([{ ending: { code: null, signal: 'SIGKILL' }, pauseMs: 10 }]);
  });

  it('lives through a time without a single file to open, and starts its program then', async () => {
    const main = `
      import { closeSync, openSync } from 'node:fs';
      import { supervise } from ${JSON.stringify(join(import.meta.dirname, 'supervise.ts'))};
      const held = [];
      let deaths = 0;
      const died = () => {
        deaths += 1;
        if (deaths === 1) try { for (;;) held.push(openSync('/dev/null')); } catch (error) { console.log(error.code); }
        if (deaths === 4) held.splice(0).forEach((file) => closeSync(file));
      };
      const program = { name: 'fake', script: ${JSON.stringify(scriptOf(`console.log('up'); process.exit(3)`))}, env: process.env };
      supervise(program, { line: (line) => console.log(line + deaths), died }, ${JSON.stringify(quick)});`;
    const few = [
      '-c',
      'ulimit -n 100; exec "$@"',
      'sh',
      process.execPath,
      '--input-type=module',
      '--eval',
      main,
    ];
    const supervisor = spawn('sh', few, { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    supervisor.stdout.on('data', (data) => {
      printed += data;
    });
    await vi.waitFor(() => expect(printed).toMatch(/^up0\nEMFILE\nup4\n/), soon);
    supervisor.kill('SIGKILL');
  });

  it('lives through a time in which the system starts no program at all, and says why', async () => {
    const source = `console.log('up'); process.exit(3)`;
    const env: NodeJS.ProcessEnv = { ...process.env, TOO_LARGE: undefined };
    // Node throws for this reason as it does for want of memory; for others it tells of an error later.
    const died = (deathCount: number) => {
      env['TOO_LARGE'] = deathCount < 3 ? 'x'.repeat(2 ** 20) : undefined;
    };
    run(source, quick, { env, died });
    await vi.waitFor(() => expect(lines).toEqual(['up', 'up']), soon);
    expect(deaths.slice(0, 3)).toEqual([
      { ending: { code: 3, signal: null }, pauseMs: 10 },
      {
        ending: { code: null, signal: null, error: expect.objectContaining({ code: 'E2BIG' }) },
        pauseMs: 20,
      },
      {
        ending: { code: null, signal: null, error: expect.objectContaining({ code: 'E2BIG' }) },
        pauseMs: 40,
      },
    ]);
  });

  it('takes a death after a calm time for the first', async () => {
    run('process.exit(3)', { ...quick, calmMs: 0 });
    await vi.waitFor(() => expect(deaths.length).toBeGreaterThanOrEqual(3), soon);
    expect(deaths.slice(0, 3).map((death) => death.pauseMs)).toEqual([10, 10, 10]);
  });

  it('asks once with SIGTERM to stop, waits, and starts nothing again', async () => {
    const program = run(`
      process.on('SIGTERM', () => { console.log('asked'); setTimeout(() => process.exit(0), 50); });
      console.log('up');
      ${stayAlive}`);
    await vi.waitFor(() => expect(lines).toEqual(['up']), soon);
    await program.stop(10_000);
    await vi.waitFor(() => expect(lines).toEqual(['up', 'asked']), soon);
    expect(deaths).toEqual([]);
  });

  it('kills a program that does not stop in time, with what it had started', async () => {
    const program = run(`
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['600']);
      console.log(process.pid + ' ' + child.pid);
      ${stayAlive}`);
    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    await program.stop(50);
    await vi.waitFor(() => expect(lines[0]?.split(' ').filter(isAlive)).toEqual([]), soon);
  });

  it('does not start a program again that is stopped between two tries', async () => {
    const program = run('process.exit(3)', { ...quick, firstPauseMs: 600_000, longestPauseMs: 600_000 });
    await vi.waitFor(() => expect(deaths).toHaveLength(1), soon);
    await program.stop(10_000);
    expect(deaths).toHaveLength(1);
  });

  it('keeps the terminal’s Ctrl-C from its programs', async () => {
    run(`console.log(process.pid); ${stayAlive}`);
    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    const groupOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[4];
    expect(groupOf(Number(lines[0]))).toBe(lines[0]);
    expect(groupOf(process.pid)).not.toBe(lines[0]);
  });

  it('leaves no program behind when it is killed with kill -9', async () => {
    // A program that looks at nothing: only the kernel can end it.
    const { supervisor, pid } = await superviseElsewhere(stayAlive, process.env);
    supervisor.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), soon);
  });

  it('leaves no program behind that listens to its stdin, where there is no setpriv', async () => {
    const listens = `process.stdin.on('end', () => process.exit()).resume(); ${stayAlive}`;
    const { supervisor, pid } = await superviseElsewhere(listens, { ...process.env, PATH: folder });
    supervisor.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), soon);
  });

  function run(
    source: string,
    times?: SupervisorTimes,
    { env = process.env, died = (_deathCount: number) => {} } = {},
  ): SupervisedProgram {
    const program = supervise(
      { name: 'fake', script: scriptOf(source), env },
      {
        line: (line) => lines.push(line),
        died: (ending, pauseMs) => died(deaths.push({ ending, pauseMs })),
      },
      times,
    );
    running.push(program);
    return program;
  }

  function scriptOf(source: string): string {
    const script = join(folder, 'fake.cjs');
    writeFileSync(script, source);
    return script;
  }

  /** A supervisor in a process of its own, which prints the pid of the program that it started. */
  async function superviseElsewhere(
    source: string,
    env: NodeJS.ProcessEnv,
  ): Promise<{ supervisor: ChildProcess; pid: string }> {
    const script = scriptOf(`console.log(process.pid); ${source}`);
    const main = `
      import { supervise } from ${JSON.stringify(join(import.meta.dirname, 'supervise.ts'))};
      const program = { name: 'fake', script: ${JSON.stringify(script)}, env: process.env };
      supervise(program, { line: (line) => console.log(line), died() {} });`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '--eval', main], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = await once(supervisor.stdout, 'data');
    return { supervisor, pid: String(pid).trim() };
  }
});

const stayAlive = 'setInterval(() => {}, 60_000);';

function isAlive(pid: string): boolean {
  try {
    // A zombie is dead, only not yet missed.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
