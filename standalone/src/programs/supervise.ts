import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { diesWithUs } from './dies-with-us.ts';

export interface Program {
  name: string;
  /** The JavaScript file that Node runs. */
  script: string;
  env: NodeJS.ProcessEnv;
}

/** How a program ended: by itself with `code`, or by `signal`; `error`: the system did not start it. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: unknown;
}

export interface SupervisorEvents {
  /** One line that the program printed, on stdout or stderr. */
  line(line: string): void;
  /** It ended although nobody asked it to; it is started again in `restartInMs` unless it is stopped now. */
  died(ending: Ending, restartInMs: number): void;
}

export interface SupervisorTimes {
  firstPauseMs: number;
  longestPauseMs: number;
  /** Alive for so long, its next death is the first again. */
  calmMs: number;
}
const usualTimes: SupervisorTimes = { firstPauseMs: 500, longestPauseMs: 10_000, calmMs: 60_000 };

export interface SupervisedProgram {
  /** SIGTERM, and SIGKILL for all that is left after `graceMs`. Resolves when nothing is. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL, at once. */
  kill(): void;
}

/**
 * Runs a program for as long as we live and starts it again when it dies. However we end, it ends: it learns of a kill -9
 * from the end of its stdin pipe, and the kernel kills it where there is setpriv.
 */
export function supervise(
  program: Program,
  events: SupervisorEvents,
  times: SupervisorTimes = usualTimes,
): SupervisedProgram {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let pauseMs = times.firstPauseMs;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  function start(): void {
    const startedAt = performance.now();
    let started: ChildProcess;
    try {
      started = spawnProgram(program);
    } catch (error) {
      // Thrown for want of memory, among others; want of files or processes comes as an event.
      restartLater({ code: null, signal: null, error }, 0);
      return;
    }
    child = started;
    for (const input of [started.stdout, started.stderr]) {
      if (input) createInterface({ input }).on('line', events.line);
    }
    ended = endOf(started).then((ending) => {
      // Whatever it had started itself: an engine, a decoder.
      killGroup(started);
      child = undefined;
      if (!stopping) restartLater(ending, performance.now() - startedAt);
    });
  }

  function restartLater(ending: Ending, aliveMs: number): void {
    if (aliveMs >= times.calmMs) pauseMs = times.firstPauseMs;
    restart = setTimeout(start, pauseMs);
    events.died(ending, pauseMs);
    pauseMs = Math.min(pauseMs * 2, times.longestPauseMs);
  }

  function kill(): void {
    stopping = true;
    clearTimeout(restart);
    if (child) killGroup(child);
  }

  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    clearTimeout(restart);
    child?.kill('SIGTERM');
    const deadline = setTimeout(kill, graceMs);
    await ended;
    clearTimeout(deadline);
  }

  start();
  return { stop, kill };
}

function spawnProgram(program: Program): ChildProcess {
  const [command, ...args] = diesWithUs(process.execPath, program.script);
  const child = spawn(command, args, {
    env: program.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: a terminal's Ctrl-C reaches us alone, and we tell it once, with SIGTERM.
    detached: true,
  });
  // It may be gone before the pipe is; where no file could be opened any more there are no pipes.
  child.stdin?.on('error', () => {});
  return child;
}

function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
