import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type ProgramKind = 'api' | 'worker' | 'notifier';

export interface ProgramPlan {
  kind: ProgramKind;
  /** `worker-2` */
  name: string;
  script: string;
  cwd: string;
  env: Record<string, string>;
  /** Modules of ours that Node loads before the program. */
  preloads: string[];
  /** Answers 200 when the program can work. */
  readyUrl: string;
  logFile: string;
}

/** From one start to its end. Times are milliseconds since 1970. */
export interface Life {
  pid: number;
  startedAt: number;
  readyAt: number | null;
  endedAt: number | null;
  exitCode: number | null;
}

const restartMs = 500;
const lookMs = 100;

/**
 * One of the real programs, started again whenever it dies, as an init system would. The kernel kills it when we die
 * (setpriv), and only its own process id, or the group that it leads, is ever sent a signal.
 */
export class Program {
  readonly plan: ProgramPlan;
  readonly lives: Life[] = [];
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;
  #stopping = false;
  #frozen = false;

  constructor(plan: ProgramPlan) {
    this.plan = plan;
    this.#log = createWriteStream(plan.logFile, { flags: 'a' });
  }

  get kind(): ProgramKind {
    return this.plan.kind;
  }

  get name(): string {
    return this.plan.name;
  }

  /** The life that goes on, ready or not. */
  get life(): Life | null {
    const last = this.lives.at(-1);
    return last && last.endedAt === null ? last : null;
  }

  get isUp(): boolean {
    return this.life?.readyAt != null && !this.#frozen;
  }

  /** Since it could work; 0 while it can't. */
  get upForMs(): number {
    return this.isUp ? Date.now() - (this.life?.readyAt ?? Date.now()) : 0;
  }

  start(): void {
    this.#stopping = false;
    const { script, cwd, env, preloads } = this.plan;
    const imports = preloads.flatMap((path) => ['--import', path]);
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...imports, script], {
      cwd,
      env,
      // A group of its own: a terminal's Ctrl-C reaches us alone, and we stop it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    const life: Life = {
      pid: child.pid ?? -1,
      startedAt: Date.now(),
      readyAt: null,
      endedAt: null,
      exitCode: null,
    };
    this.lives.push(life);
    child.once('exit', (code) => this.#onExit(life, code));
    child.once('error', () => this.#onExit(life, null));
    void this.#watchUntilReady(life);
  }

  /** The signal reaches the program alone, and not what it has started. False when it is not running. */
  signal(signal: NodeJS.Signals): boolean {
    if (!this.life || !this.#child) return false;
    if (signal === 'SIGSTOP') this.#frozen = true;
    if (signal === 'SIGCONT') this.#frozen = false;
    return this.#child.kill(signal);
  }

  /** Resolves when it answers that it can work. @throws when it does not within the time, with the end of its log's name */
  async ready(withinMs = 60_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!this.isUp) {
      if (performance.now() > end) throw new Error(`${this.name} did not start: see ${this.plan.logFile}`);
      await sleep(lookMs);
    }
  }

  /** SIGTERM, and SIGKILL for all that is left after `graceMs`. Resolves to its exit code, null when it had to be killed. */
  async stop(graceMs = 15_000): Promise<number | null> {
    this.#stopping = true;
    const { life } = this;
    const child = this.#child;
    if (life && child) {
      const ended = once(child, 'exit');
      this.signal('SIGCONT');
      child.kill('SIGTERM');
      const deadline = setTimeout(() => this.#killGroup(life.pid), graceMs);
      await ended;
      clearTimeout(deadline);
    }
    return this.lives.at(-1)?.exitCode ?? null;
  }

  /** kill -9 of it and of all that it has started, for good. */
  async kill(): Promise<void> {
    this.#stopping = true;
    const { life } = this;
    if (!life || !this.#child) return;
    const ended = once(this.#child, 'exit');
    this.#killGroup(life.pid);
    await ended;
  }

  #onExit(life: Life, code: number | null): void {
    if (life.endedAt !== null) return;
    life.endedAt = Date.now();
    life.exitCode = code;
    this.#frozen = false;
    // Whatever it had started itself: a decoder, an engine.
    this.#killGroup(life.pid);
    if (!this.#stopping) setTimeout(() => this.#stopping || this.life || this.start(), restartMs);
  }

  #killGroup(pid: number): void {
    try {
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }

  async #watchUntilReady(life: Life): Promise<void> {
    while (life.endedAt === null) {
      const answer = await fetch(this.plan.readyUrl, { signal: AbortSignal.timeout(5_000) }).catch(
        () => null,
      );
      await answer?.body?.cancel();
      if (answer?.ok && life.endedAt === null) {
        life.readyAt = Date.now();
        return;
      }
      await sleep(lookMs);
    }
  }
}
