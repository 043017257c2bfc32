import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './free-ports.ts';
import { LogLines } from './log-lines.ts';
import { isRunning, processTree, type RunningProcess } from './processes.ts';
import { VerbatimClient } from './verbatim-client.ts';
import { waitFor } from './wait-for.ts';

const root = resolve(import.meta.dirname, '../../..');

/** What `npm start` runs, on a port and a data folder of its own, with the demo model. */
export class Verbatim {
  readonly dataDir: string;
  readonly baseUrl: string;
  readonly client: VerbatimClient;
  /** What its programs logged, since it was made. */
  readonly log = new LogLines();
  private readonly env: Record<string, string>;
  private supervisor: ChildProcess | null = null;
  private printed = '';
  private keepsData = false;

  private constructor(dataDir: string, ports: number[], env: Record<string, string>) {
    this.dataDir = dataDir;
    const [PORT, WORKER_HEALTH_PORT, NOTIFIER_HEALTH_PORT] = ports.map(String) as [string, string, string];
    this.baseUrl = `http://localhost:${PORT}`;
    this.client = new VerbatimClient(this.baseUrl);
    // Not the usual ports: whoever is killed and started again elsewhere would find its own taken by us.
    const own = { PORT, WORKER_HEALTH_PORT, NOTIFIER_HEALTH_PORT };
    this.env = { ...own, DATA_DIR: dataDir, WHISPER_MODEL: 'demo', ...env };
  }

  /** In a data folder of its own that goes with it, or in one that is there and stays. */
  static async start(env: Record<string, string> = {}, existing?: string): Promise<Verbatim> {
    const dataDir = existing ?? (await mkdtemp(join(tmpdir(), 'verbatim-e2e-')));
    const verbatim = new Verbatim(dataDir, await freePorts(3), env);
    verbatim.keepsData = existing !== undefined;
    await verbatim.startAgain();
    return verbatim;
  }

  /** On the same data as before; with other settings, where they are given. */
  async startAgain(settings: Record<string, string> = {}): Promise<void> {
    this.printed = '';
    const supervisor = spawn(process.execPath, [join(root, 'standalone/dist/main.js')], {
      cwd: root,
      env: { ...cleanEnvironment(), ...this.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [supervisor.stdout, supervisor.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
    this.log.read(supervisor.stdout);
    this.supervisor = supervisor;
    await waitFor('npm start to say that it is ready', () => {
      if (hasEnded(supervisor)) throw new Error(`it ended: ${this.printed}`);
      return this.printed.includes('curl ');
    }).catch((error: unknown) => {
      throw new Error(`npm start did not come up:\n${this.printed}`, { cause: error });
    });
  }

  /** Everything that was written to its terminal. */
  get output(): string {
    return this.printed;
  }

  get pid(): number {
    const pid = this.supervisor?.pid;
    if (pid === undefined) throw new Error('it is not running');
    return pid;
  }

  processes(): RunningProcess[] {
    return processTree(this.pid);
  }

  /** The process ids of the three programs. */
  programs(): number[] {
    return (['api', 'worker', 'notifier'] as const).map((name) => this.program(name).pid);
  }

  /** What a program has logged so far, all its lives together. */
  async logOf(name: 'api' | 'worker' | 'notifier'): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.dataDir, 'logs', `${name}.log`), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  program(name: 'api' | 'worker' | 'notifier'): RunningProcess {
    const found = this.processes().find(
      ({ command }) => command.includes(`${name}/dist/main.js`) && !command.startsWith('setpriv'),
    );
    if (!found) throw new Error(`${name} is not running`);
    return found;
  }

  /** The ports of api, worker and notifier, as each says where it listens. */
  async healthPorts(): Promise<number[]> {
    const logs = ['worker', 'notifier'].map((name) =>
      readFile(join(this.dataDir, 'logs', `${name}.log`), 'utf8'),
    );
    const said = (await Promise.all(logs)).map((log) => Number(/"healthPort":(\d+)/.exec(log)?.[1]));
    return [Number(new URL(this.baseUrl).port), ...said];
  }

  /** Ctrl-C, as a terminal sends it to its whole foreground group. Resolves to the exit code. */
  async interrupt(): Promise<number | null> {
    return this.endBy(() => process.kill(this.pid, 'SIGINT'));
  }

  /** kill -9 of the supervisor alone, or of each and every process at once. */
  async kill(what: 'supervisor' | 'everything'): Promise<RunningProcess[]> {
    const all = this.processes();
    const victims = what === 'everything' ? all : all.filter(({ pid }) => pid === this.pid);
    await this.endBy(() => {
      // First none of them goes on, so that none can see another one die: a worker would count its engine's death.
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
        for (const { pid } of victims) sendTo(pid, signal);
      }
    });
    return all;
  }

  private async endBy(end: () => void): Promise<number | null> {
    const { supervisor } = this;
    if (!supervisor || hasEnded(supervisor)) return supervisor?.exitCode ?? null;
    const ended = once(supervisor, 'exit') as Promise<[number | null]>;
    end();
    const [code] = await ended;
    return code;
  }

  /** Mails as they lie in the outbox: the whole .eml files. */
  async mails(): Promise<string[]> {
    const outbox = join(this.dataDir, 'outbox');
    const names = await readdir(outbox).catch(() => []);
    const files = names.filter((name) => name.endsWith('.eml'));
    return Promise.all(files.map((name) => readFile(join(outbox, name), 'utf8')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = this.supervisor && !hasEnded(this.supervisor) ? this.processes() : [];
    await this.interrupt();
    await waitFor('all its processes to end', () => all.every(({ pid }) => !isRunning(pid)));
    if (!this.keepsData) await rm(this.dataDir, { recursive: true, force: true });
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it went down with its parent
  }
}

/** By itself or by a signal. */
function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** What a shell has, and none of the settings that whoever runs the tests may have exported. */
function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_CACHE_HOME', 'USER'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
