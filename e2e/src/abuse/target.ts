import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Job } from '@verbatim/domain';
import type { RunningProcess } from '../drivers/processes.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { VerbatimClient } from '../drivers/verbatim-client.ts';

const programs = ['api', 'worker', 'notifier'] as const;
/** What the programs start. `unshare` is left out on purpose. */
const tools = ['sh', 'setpriv', 'prlimit', 'ffmpeg'];

export interface TargetOptions {
  env: Record<string, string>;
  /** Where its PATH is made. */
  folder: string;
  searchPath: string;
}

/**
 * The real programs with three users, as they stand in the weakest installation: the worker finds no `unshare`, as in a
 * container that grants no namespaces, so ffmpeg has the same network as everything else and what it tries is counted.
 */
export class Target implements AsyncDisposable {
  readonly verbatim: Verbatim;
  readonly keys: { ana: string; ben: string; olga: string };
  /** The victim, who gets mail. */
  readonly ana: VerbatimClient;
  /** The attacker, who gets none. */
  readonly ben: VerbatimClient;
  /** The operator. */
  readonly olga: VerbatimClient;
  readonly anasMail: string;
  readonly #startedWith: RunningProcess[];

  private constructor(verbatim: Verbatim, keys: Target['keys'], anasMail: string) {
    this.verbatim = verbatim;
    this.keys = keys;
    this.anasMail = anasMail;
    this.ana = new VerbatimClient(verbatim.baseUrl, keys.ana);
    this.ben = new VerbatimClient(verbatim.baseUrl, keys.ben);
    this.olga = new VerbatimClient(verbatim.baseUrl, keys.olga);
    this.#startedWith = programs.map((name) => verbatim.program(name));
  }

  static async start({ env, folder, searchPath }: TargetOptions): Promise<Target> {
    const key = () => `canarykey${randomBytes(24).toString('hex')}`;
    const keys = { ana: key(), ben: key(), olga: key() };
    const anasMail = `canary.${randomBytes(6).toString('hex')}@example.com`;
    const verbatim = await Verbatim.start({
      API_KEYS: `ana:${keys.ana}:ana:${anasMail},ben:${keys.ben}:ben,olga:${keys.olga}:olga::operator`,
      HOST: '127.0.0.1',
      // Abuse is what is measured here, not patience.
      RATE_LIMIT_PER_MINUTE: '1000000',
      PATH: folderOfTools(folder, searchPath),
      ...env,
    });
    return new Target(verbatim, keys, anasMail);
  }

  /** Programs that are not the ones we started, or that their supervisor saw die. */
  deaths(): string[] {
    const gone = this.#startedWith.filter(
      ({ pid }) => !this.verbatim.processes().some((now) => now.pid === pid),
    );
    const seen = this.logLines('standalone').filter((line) => line.includes('"program.died"'));
    return [...gone.map(({ command }) => `${command} is gone`), ...seen];
  }

  logLines(program?: string): string[] {
    const folder = join(this.verbatim.dataDir, 'logs');
    const names = readdirSync(folder).filter((name) => name.startsWith(program ?? ''));
    return names.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
  }

  /** In one request: the file through the api. */
  async send(client: VerbatimClient, fileName: string, bytes: Uint8Array): Promise<Response> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)]), fileName);
    return client.fetch('/upload-audio/', { method: 'POST', body: form });
  }

  /** The newest 100 jobs of a user: as many as the api gives at once. */
  async jobsOf(client: VerbatimClient): Promise<Job[]> {
    return (await client.json<{ items: Job[] }>('/v1/jobs?limit=100')).items;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.verbatim[Symbol.asyncDispose]();
  }
}

function folderOfTools(folder: string, searchPath: string): string {
  const bin = join(folder, 'bin');
  if (existsSync(bin)) return bin;
  mkdirSync(bin);
  for (const tool of tools) {
    const home = searchPath.split(delimiter).find((place) => existsSync(join(place, tool)));
    if (home !== undefined) symlinkSync(join(home, tool), join(bin, tool));
  }
  return bin;
}
