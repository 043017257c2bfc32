import { resolve } from 'node:path';
import { VerbatimClient } from '../drivers/verbatim-client.ts';
import { waitFor } from '../drivers/wait-for.ts';
import { command, composeCommand, docker } from './docker.ts';

const root = resolve(import.meta.dirname, '../../..');

/** One of the repository's compose files, as whoever follows the README would run it, in a project of its own. */
export class ComposeStack {
  readonly client = new VerbatimClient('http://localhost:8000');
  private readonly compose: [string, ...string[]];
  private readonly env: NodeJS.ProcessEnv;

  private constructor(compose: [string, ...string[]], env: NodeJS.ProcessEnv) {
    this.compose = compose;
    this.env = env;
  }

  /** Builds the images and starts everything. @throws when no engine answers */
  static async start(file: string, settings: Record<string, string>): Promise<ComposeStack> {
    const kept = Object.entries(process.env).filter(([name]) =>
      /^(PATH|HOME|DOCKER_|BUILDKIT_|TMPDIR)/.test(name),
    );
    const stack = new ComposeStack([...(await composeCommand()), '-f', file], {
      ...Object.fromEntries(kept),
      COMPOSE_PROJECT_NAME: 'verbatim-e2e',
      // docker-compose 1.29 builds with BuildKit only when it is told to.
      DOCKER_BUILDKIT: '1',
      COMPOSE_DOCKER_CLI_BUILD: '1',
      ...settings,
    });
    await stack.removeAll();
    await stack.run('build');
    await stack.up();
    return stack;
  }

  /** Also after `down`, or with more containers of a service. Resolves when all are healthy. */
  async up(...options: string[]): Promise<void> {
    await this.run('up', '-d', '--no-build', ...options);
    await this.untilHealthy();
  }

  async untilHealthy(): Promise<void> {
    await waitFor(
      'all containers to be healthy',
      async () => {
        const ids = await this.containers();
        const states = await Promise.all(ids.map((id) => inspect(id, '{{.Name}} {{json .State}}')));
        const ill = states.filter(
          (state) => state.includes('"Health"') && !state.includes('"Status":"healthy"'),
        );
        if (ill.length > 0) throw new Error(ill.join('\n'));
        return ids.length > 0;
      },
      { withinMs: 180_000 },
    );
  }

  async down(): Promise<void> {
    await this.run('down');
  }

  /** With what they keep. */
  async removeAll(): Promise<void> {
    await this.run('down', '--volumes', '--remove-orphans');
  }

  /** Ids; all of them, or those of a service. */
  async containers(...services: string[]): Promise<string[]> {
    const ids = await this.run('ps', '-q', ...services);
    return ids.split('\n').filter((id) => /^[0-9a-f]{12,}$/.test(id));
  }

  async container(service: string): Promise<string> {
    const [id] = await this.containers(service);
    if (!id) throw new Error(`no container of ${service} is there`);
    return id;
  }

  /** The container of the worker that has claimed this job. */
  async workerAt(jobId: string): Promise<string> {
    return waitFor('a worker to take the job', async () => (await this.workersAt(jobId))[0]);
  }

  /** All that ever took the job, stopped ones too. */
  async workersAt(jobId: string): Promise<string[]> {
    const workers = await this.containers('worker');
    const logs = await Promise.all(workers.map((id) => docker('logs', id)));
    const tookIt = (line: string) => line.includes('"job.claimed"') && line.includes(jobId);
    return workers.filter((_, index) => logs[index]?.split('\n').some(tookIt));
  }

  private run(...args: string[]): Promise<string> {
    const [program, ...fixed] = this.compose;
    return command(program, [...fixed, ...args], { cwd: root, env: this.env });
  }
}

export function inspect(container: string, format: string): Promise<string> {
  return docker('inspect', '--format', format, container);
}

/** What a shell in the container prints; failing commands included. */
export function shell(container: string, line: string): Promise<string> {
  return docker('exec', container, 'sh', '-c', `(${line}) 2>&1 || true`);
}
