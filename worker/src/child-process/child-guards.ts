import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Logger } from '@verbatim/adapters';
import { findProgram } from './find-program.ts';

/** What a child may use up. A child over a limit gets an error from the system or is killed by it. */
export interface ChildLimits {
  addressSpaceBytes: number;
  cpuSeconds: number;
  /** Of each file that it writes; 0: it may write to pipes only. */
  fileBytes: number;
  openFiles: number;
}

export interface GuardedProgram {
  /** Absolute path. */
  program: string;
  args: string[];
  cwd: string;
  /** All that the child sees of the environment: nothing of ours, where the secrets are. */
  env: Record<string, string>;
  /** No network and, also where we are root, none of root's capabilities. */
  confined: boolean;
  limits?: Partial<ChildLimits>;
}

/** No stdin; read both pipes, or the child stands still when one is full. */
export type GuardedChild = ChildProcessByStdio<null, Readable, Readable>;

/** Each is a command line that runs what follows it under a guard; empty where this system has no such guard. */
interface GuardCommands {
  noNetwork: string[];
  /** Runs what follows without a single capability; stands behind `noNetwork`, which may grant some. */
  noCapabilities: string[];
  diesWithParent: string[];
  limits: string[];
}

/**
 * Starts programs written by others. Each dies with this process, even by kill -9, can gain no privileges, leaves no
 * core dump (it would hold what people said), leads a process group of its own, and where it says so has limits and is
 * confined. Start them from the main thread only: the kernel's "parent" is the thread that made the child.
 */
export class ChildGuards {
  readonly #commands: GuardCommands;

  private constructor(commands: GuardCommands) {
    this.#commands = commands;
  }

  /** Tries which guards work here: a container may lack some. Those that are missing are logged, once. */
  static async find(options: { searchPath: string; log: Logger }): Promise<ChildGuards> {
    const pathOf = (name: string) => findProgram(name, options.searchPath);
    const [unshare, setpriv, prlimit, sh] = await Promise.all([
      pathOf('unshare'),
      pathOf('setpriv'),
      pathOf('prlimit'),
      pathOf('sh'),
    ]);
    // The parent may be killed before the death signal is set: the shell looks whether it is still there.
    const underParent = ['-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
    const noNetwork = await firstThatWorks([
      [unshare, '--net'],
      [unshare, '--user', '--net'],
    ]);
    const dropped = [setpriv, '--bounding-set=-all', '--inh-caps=-all'];
    const commands: GuardCommands = {
      noNetwork,
      noCapabilities: (await firstThatWorks([[...noNetwork, ...dropped]])).slice(noNetwork.length),
      diesWithParent: await firstThatWorks([
        [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', sh, ...underParent],
      ]),
      limits: await firstThatWorks([[prlimit, '--core=0']]),
    };
    const missing = Object.entries(commands).flatMap(([guard, command]) =>
      command.length > 0 ? [] : [guard],
    );
    if (missing.length > 0) options.log.warn({ event: 'child_guards.missing', missing });
    return new ChildGuards(commands);
  }

  spawn({ program, args, cwd, env, confined, limits }: GuardedProgram): GuardedChild {
    const guards = this.#commands;
    const [first = program, ...rest] = [
      // Before the death signal is set: entering a user namespace would clear it.
      ...(confined ? [...guards.noNetwork, ...guards.noCapabilities] : []),
      ...guards.diesWithParent,
      ...guards.limits,
      ...(limits && guards.limits.length > 0 ? limitOptions(limits) : []),
      program,
      ...args,
    ];
    return spawn(first, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  }
}

function limitOptions({
  addressSpaceBytes,
  cpuSeconds,
  fileBytes,
  openFiles,
}: Partial<ChildLimits>): string[] {
  return [
    ...(addressSpaceBytes === undefined ? [] : [`--as=${addressSpaceBytes}`]),
    // SIGXCPU first, which tells "used too much" from a kill for want of memory; SIGKILL if it is ignored.
    ...(cpuSeconds === undefined ? [] : [`--cpu=${cpuSeconds}:${cpuSeconds + 2}`]),
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
    ...(openFiles === undefined ? [] : [`--nofile=${openFiles}`]),
    // None on processes: the kernel counts all of the user's threads, not this child's.
  ];
}

/** Of those whose programs were found. Empty: none. */
async function firstThatWorks(candidates: (string | null)[][]): Promise<string[]> {
  for (const candidate of candidates) {
    const command = candidate.filter((part) => part !== null);
    if (command.length === candidate.length && (await runs([...command, process.execPath, '--version']))) {
      return command;
    }
  }
  return [];
}

function runs([program = '', ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5_000 }, (error) => resolve(error === null));
  });
}
