import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '../../drivers/free-ports.ts';
import { TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Random } from '../random.ts';
import { openAwsPlatform } from './aws-platform.ts';
import { busySlots } from './busy-slots.ts';
import { openLocalPlatform } from './local-platform.ts';
import { MailSink } from './mail-sink.ts';
import type { OpenPlatform, Platform, PlatformName } from './platform.ts';
import { Program, type ProgramKind } from './program.ts';
import { apiKeys } from './users.ts';

const root = resolve(import.meta.dirname, '../../../..');
const openers: Record<PlatformName, OpenPlatform> = { local: openLocalPlatform, aws: openAwsPlatform };

export interface SystemPlan {
  platform: PlatformName;
  random: Random;
  /** Aborts: nothing more is started. */
  stop: AbortSignal;
  /** How many of each run. */
  instances: Record<ProgramKind, number>;
  environment: Record<string, string>;
  /** Modules that some programs load first, to behave as they should not: by the program's name, or its kind. */
  preloads?: Record<string, string[]>;
}

/** The real programs on a real platform, with lines between them that can be cut, and a mail server at their end. */
export class SystemUnderTest {
  readonly folder: string;
  readonly platform: Platform;
  readonly mails: MailSink;
  /** Between the notifier and its mail server. */
  readonly mailLine: TcpProxy;
  readonly programs: Program[];
  readonly baseUrl: string;

  private constructor(
    parts: Pick<SystemUnderTest, 'folder' | 'platform' | 'mails' | 'mailLine' | 'programs' | 'baseUrl'>,
  ) {
    this.folder = parts.folder;
    this.platform = parts.platform;
    this.mails = parts.mails;
    this.mailLine = parts.mailLine;
    this.programs = parts.programs;
    this.baseUrl = parts.baseUrl;
  }

  static async start(plan: SystemPlan): Promise<SystemUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-campaign-'));
    await mkdir(join(folder, 'logs'));
    const platform = await openers[plan.platform](join(folder, 'data'), plan.random);
    const mails = await MailSink.listen();
    const mailLine = await TcpProxy.listen(
      { host: '127.0.0.1', port: mails.port },
      plan.random.stream('mail'),
    );
    const { programs, baseUrl } = await programsOf(plan, { folder, platform, mailLine });
    const system = new SystemUnderTest({ folder, platform, mails, mailLine, programs, baseUrl });
    try {
      // The first one makes the tables.
      for (const some of [programs.slice(0, 1), programs.slice(1)]) {
        plan.stop.throwIfAborted();
        for (const program of some) program.start();
        await Promise.all(some.map((program) => program.ready()));
      }
      return system;
    } catch (error) {
      await system.kill();
      throw error;
    }
  }

  programsOfKind(kind: ProgramKind): Program[] {
    return this.programs.filter((program) => program.kind === kind);
  }

  /** What keeps it from being at rest. */
  async unfinished(): Promise<{ jobs: number; messages: number; busySlots: number }> {
    const { jobs, messages } = await this.platform.unfinished();
    return { jobs, messages, busySlots: await busySlots(this.programsOfKind('worker')) };
  }

  /** SIGTERM for all. Resolves to those that did not end by themselves with 0. */
  async stop(): Promise<string[]> {
    const codes = await Promise.all(this.programs.map((program) => program.stop()));
    return this.programs.filter((_, index) => codes[index] !== 0).map(({ name }) => name);
  }

  /** All that still runs is killed and all lines are closed. What was written stays. */
  async kill(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.mailLine.close();
    await this.mails.close();
    await this.platform.close();
  }

  async removeFiles(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function programsOf(
  plan: SystemPlan,
  around: { folder: string; platform: Platform; mailLine: TcpProxy },
): Promise<{ programs: Program[]; baseUrl: string }> {
  const kinds = (['api', 'worker', 'notifier'] as const).flatMap((kind) =>
    Array.from({ length: plan.instances[kind] }, (_, index) => ({ kind, name: `${kind}-${index + 1}` })),
  );
  const ports = await freePorts(kinds.length);
  const apiPort = ports[0];
  const baseUrl = `http://127.0.0.1:${apiPort}`;
  const common = {
    ...inherited(),
    ...around.platform.environment,
    PORT: String(apiPort),
    HOST: '127.0.0.1',
    PUBLIC_URL: baseUrl,
    API_KEYS: apiKeys,
    MAIL_TRANSPORT: 'smtp',
    SMTP_URL: `smtp://127.0.0.1:${around.mailLine.port}`,
    WORK_DIR: join(around.folder, 'work'),
    ...plan.environment,
  };
  const programs = kinds.map(({ kind, name }, index) => {
    const port = String(ports[index]);
    const portOf = {
      api: {},
      worker: { WORKER_HEALTH_PORT: port },
      notifier: { NOTIFIER_HEALTH_PORT: port },
    };
    return new Program({
      kind,
      name,
      script: join(root, kind, 'dist/main.js'),
      cwd: root,
      env: { ...common, ...portOf[kind] },
      preloads: [...(plan.preloads?.[kind] ?? []), ...(plan.preloads?.[name] ?? [])],
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
      logFile: join(around.folder, 'logs', `${name}.log`),
    });
  });
  return { programs, baseUrl };
}

/** What a shell has, and none of the settings that whoever starts a campaign may have exported. */
function inherited(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_CACHE_HOME', 'USER', 'FFMPEG_PATH'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
