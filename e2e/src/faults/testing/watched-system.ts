import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobRecord, type JobStatus } from '@verbatim/domain';
import { waitFor } from '../../drivers/wait-for.ts';
import { checkEvidence } from '../checker/check-evidence.ts';
import type { Violation } from '../checker/violation.ts';
import type { JobPlan } from '../clients/job-plan.ts';
import { type Journey, travel } from '../clients/journey.ts';
import type { Recording } from '../clients/recordings.ts';
import { lookFromOutside, promisedJobs } from '../evidence/gather-evidence.ts';
import { Random } from '../random.ts';
import { preload } from '../system/preload.ts';
import type { Program, ProgramKind } from '../system/program.ts';
import { SystemUnderTest } from '../system/system-under-test.ts';
import { users } from '../system/users.ts';

const kinds = ['api', 'worker', 'notifier'] as const;

export interface WatchedPlan {
  environment?: Record<string, string>;
  instances?: Partial<Record<ProgramKind, number>>;
  /** By a program's name, beside those that every program gets. */
  preloads?: Record<string, string[]>;
}

/** The real programs on `local` with a simulated engine and short times, each of whose writes a test can see and end. */
export class WatchedSystem {
  readonly system: SystemUnderTest;
  readonly #folder: string;
  readonly #journeys: Journey[] = [];
  readonly #texts = new Map<string, string>();
  #notifierDeaths = 0;

  private constructor(system: SystemUnderTest, folder: string) {
    this.system = system;
    this.#folder = folder;
  }

  static async start({ environment, instances, preloads = {} }: WatchedPlan = {}): Promise<WatchedSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-writes-'));
    const watched = (kind: ProgramKind) => [
      preload('short-times.ts'),
      preload('die-after-write.ts', { file: join(folder, kind) }),
    ];
    const system = await SystemUnderTest.start({
      platform: 'local',
      random: new Random('watched'),
      stop: new AbortController().signal,
      instances: { api: 1, worker: 1, notifier: 1, ...instances },
      environment: {
        ...{ ENGINE: 'simulated', SIM_RTF: '0', WORKER_SLOTS: '1', CHUNK_SECONDS: '10' },
        ...{ RETRY_DELAYS_SECONDS: '0.2,0.2,0.2', RECONCILE_MS: '300', RATE_LIMIT_PER_MINUTE: '1000000' },
        ...environment,
      },
      preloads: {
        ...Object.fromEntries(kinds.map((kind) => [kind, watched(kind)])),
        ...preloads,
      },
    });
    return new WatchedSystem(system, folder);
  }

  program(name: string): Program {
    const found = this.system.programs.find((program) => program.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  /** A job of this recording, from its creation to its end, as its user sees it. */
  async job(recording: Recording, changes: Partial<JobPlan> = {}): Promise<Journey> {
    const [user] = users;
    if (!user) throw new Error('there is no user');
    const plan = { index: 0, user, recording, fate: 'keep', secondThoughtsMs: 0, announcements: 1 } as const;
    const until = AbortSignal.timeout(120_000);
    const journey = await travel(
      { ...plan, ...changes },
      { baseUrl: this.system.baseUrl, until, pollMs: 50 },
    );
    this.#journeys.push(journey);
    return journey;
  }

  /** The youngest job's record, as soon as it is `ready`. Ids begin with the time. */
  async newest(ready: (record: JobRecord) => boolean): Promise<JobRecord> {
    using db = new DatabaseSync(join(this.system.folder, 'data/verbatim.db'), { timeout: 10_000 });
    const newest = db.prepare('SELECT body FROM jobs ORDER BY job_id DESC LIMIT 1');
    return await waitFor(
      'the job to come so far',
      () => {
        const record = JobRecord.parse(JSON.parse(String(newest.get()?.['body'])));
        return ready(record) && record;
      },
      { everyMs: 50, withinMs: 120_000 },
    );
  }

  /** Other settings for a program, from its next start on; starts it again. */
  async restart(name: string, environment: Record<string, string>): Promise<void> {
    const program = this.program(name);
    Object.assign(program.plan.env, environment);
    await program.stop();
    program.start();
    await program.ready();
  }

  /** What a healthy run of it says; whatever happens later, it has to say the same. Answers with the writes it took. */
  async healthyJob(recording: Recording): Promise<Record<ProgramKind, string[]>> {
    for (const kind of kinds) writeFileSync(this.#seen(kind), '');
    const { jobId } = await this.job(recording);
    await this.settled();
    const { texts, jobs } = await this.system.platform.read();
    const record = jobs.find((job) => job.record.jobId === jobId)?.record;
    this.#texts.set(recording.fileName, texts.get(record?.result?.transcriptKey ?? '') ?? '');
    const writes = (kind: ProgramKind) => [
      ...new Set(readFileSync(this.#seen(kind), 'utf8').trim().split('\n')),
    ];
    return { api: writes('api'), worker: writes('worker'), notifier: writes('notifier') };
  }

  /** The program of this kind is killed (-9) right after its next write of this name. Resolves when it was. */
  async diesAfter(kind: ProgramKind, write: string): Promise<void> {
    const file = join(this.#folder, kind);
    writeFileSync(file, write);
    if (kind === 'notifier') this.#notifierDeaths += 1;
    await waitFor(`the ${kind} to die after "${write}"`, () => !existsSync(file));
  }

  /** Everybody is up and idle, nothing is owed any more, and all queues are empty. */
  async settled(): Promise<void> {
    await Promise.all(this.system.programs.map((program) => program.ready()));
    await waitFor(
      'everything to settle',
      async () => {
        const { jobs, messages, busySlots } = await this.system.unfinished();
        return jobs + messages + busySlots === 0;
      },
      { withinMs: 100_000 },
    );
  }

  /** What contradicts the invariants, over all jobs so far. */
  async violations(ends: JobStatus[] = ['COMPLETED']): Promise<Violation[]> {
    const stored = await this.system.platform.read();
    const promised = promisedJobs(this.#journeys, this.#texts).map((job) => {
      // Of a recording that was never heard in health, its transcript need only be there.
      const result = stored.jobs.find(({ record }) => record.jobId === job.jobId)?.record.result;
      return job.text === '' ? { ...job, text: stored.texts.get(result?.transcriptKey ?? '') ?? '' } : job;
    });
    return checkEvidence({
      ...stored,
      ...(await lookFromOutside(this.system.baseUrl, promised, { countsOnce: true })),
      promised,
      erased: false,
      mails: this.system.mails.received.map(({ id }) => id),
      notifierDeaths: this.#notifierDeaths,
      ends,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system.stop();
    await this.system.kill();
    await this.system.removeFiles();
    await rm(this.#folder, { recursive: true });
  }

  #seen(kind: ProgramKind): string {
    return join(this.#folder, `${kind}.seen`);
  }
}
