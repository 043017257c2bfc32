import { setTimeout as sleep } from 'node:timers/promises';
import { checkEvidence } from './checker/check-evidence.ts';
import { sendCrowd } from './clients/crowd.ts';
import { hearRecordings } from './clients/hear-recordings.ts';
import { planJobs } from './clients/job-plan.ts';
import type { Journey } from './clients/journey.ts';
import type { Evidence } from './evidence/evidence.ts';
import { lookFromOutside, promisedJobs } from './evidence/gather-evidence.ts';
import { Random } from './random.ts';
import { makeReport } from './report/make-report.ts';
import type { RowReport } from './report/row-report.ts';
import type { Fault, Findings, Row } from './rows/row.ts';
import { eraseWhatIsDeleted } from './system/erase-what-is-deleted.ts';
import type { PlatformName } from './system/platform.ts';
import { SystemUnderTest } from './system/system-under-test.ts';

export interface Campaign {
  platform: PlatformName;
  seed: string;
  jobs: number;
  /** At the same time. */
  clients: number;
  /** How often each client asks for its job. */
  pollMs: number;
  /** Ctrl-C. */
  stop: AbortSignal;
  /** Keeps logs and data always, or never; where nothing is said, of runs that failed. */
  keep?: boolean;
  /** The faults end after this time at the latest; without it, when nearly all jobs have ended. */
  faultyMs?: number;
  /** How long everything that is owed may take once the last client has gone; 10 min where nothing is said. */
  settleMs?: number;
  onProgress?: (line: string) => void;
}

/** Every job has to end within this time after the faults are over. */
const patienceMs = 10 * 60_000;
/** The faults end when so many jobs have come to their end: the rest shows how everything recovers. */
const faultyShare = 0.95;

/** One row of the matrix: the programs start, clients make jobs, the row does its harm, and what is left is judged. */
export async function runRow(row: Row, campaign: Campaign): Promise<RowReport> {
  const random = new Random(`${campaign.seed}/row ${row.number}`);
  const system = await SystemUnderTest.start({
    platform: campaign.platform,
    random: random.stream('lines'),
    stop: campaign.stop,
    instances: { api: 1, worker: 2, notifier: 2, ...row.instances },
    environment: { ...environment, ...row.environment },
    ...(row.preloads && { preloads: row.preloads }),
  });
  let passed = false;
  try {
    const texts = await hearRecordings(system.baseUrl, campaign.stop);
    const run = await harm(row, system, random, campaign);
    const unsettled = await settle(system, campaign.settleMs ?? patienceMs);
    const promised = promisedJobs([...texts.journeys, ...run.journeys], texts.texts);
    const outside = await lookFromOutside(system.baseUrl, promised, {
      countsOnce: campaign.platform === 'local',
    });
    const badExits = await system.stop();
    const erased = await eraseWhatIsDeleted(system);
    const stored = await system.platform.read();
    const evidence: Evidence = {
      ...stored,
      ...outside,
      promised,
      erased,
      mails: system.mails.received.map(({ id }) => id),
      notifierDeaths: deathsOfNotifiers(run.faults),
      ends: ['COMPLETED'],
    };
    const complaints = [...unsettled, ...badExits.map((name) => `${name} did not end with 0 after SIGTERM`)];
    const violations = checkEvidence(evidence);
    const report = makeReport({ row, campaign, system, evidence, stored, violations, ...run, complaints });
    passed = report.passed;
    return report;
  } finally {
    await system.kill();
    if (!(campaign.keep ?? !(passed || campaign.stop.aborted))) await system.removeFiles();
    else process.stderr.write(`\nlogs and data are kept in ${system.folder}\n`);
  }
}

const environment = {
  ENGINE: 'simulated',
  /** With recordings of 1 to 3 s: 0.2 to 0.6 s of work each. */
  SIM_RTF: '0.2',
  WORKER_SLOTS: '2',
  CHUNK_SECONDS: '10',
  RETRY_DELAYS_SECONDS: '1,2,4',
  RATE_LIMIT_PER_MINUTE: '1000000',
};

interface Run {
  journeys: Journey[];
  faults: Fault[];
  findings: Findings | undefined;
  startedAt: number;
  endedAt: number;
}

/** The clients at work, and the row at its. Both are done when this resolves, and everything is mended. */
async function harm(row: Row, system: SystemUnderTest, random: Random, campaign: Campaign): Promise<Run> {
  const faults: Fault[] = [];
  const journeys: Journey[] = [];
  const over = new AbortController();
  const patience = new AbortController();
  const startedAt = Date.now();
  const stage = {
    system,
    random: random.stream('faults'),
    over: AbortSignal.any([over.signal, campaign.stop]),
    stop: campaign.stop,
    note: (what: string, target: string, pid?: number) => {
      faults.push({ at: Date.now(), what, target, ...(pid === undefined ? {} : { pid }) });
    },
  };
  const enough =
    campaign.faultyMs === undefined ? undefined : setTimeout(() => over.abort(), campaign.faultyMs);
  const injecting = row.inject(stage).finally(() => {
    setTimeout(() => patience.abort(new Error('out of patience')), patienceMs).unref();
  });
  injecting.catch(() => patience.abort());
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    campaign.onProgress?.(
      `row ${row.number}, ${campaign.platform}, seed ${campaign.seed}: ${seconds} s, ${journeys.length} of ${campaign.jobs} jobs, ${faults.length} faults`,
    );
  }, 500);
  try {
    await sendCrowd(planJobs(campaign.jobs, random.stream('jobs')), {
      ...{ baseUrl: system.baseUrl, pollMs: campaign.pollMs, clients: campaign.clients },
      until: AbortSignal.any([patience.signal, campaign.stop]),
      onEnd: (journey) => {
        journeys.push(journey);
        if (journeys.length >= faultyShare * campaign.jobs) over.abort();
      },
    });
    const endedAt = Date.now();
    over.abort();
    const findings = await injecting;
    campaign.stop.throwIfAborted();
    return { journeys, faults, findings, startedAt, endedAt };
  } finally {
    over.abort();
    clearInterval(progress);
    clearTimeout(enough);
  }
}

/**
 * Until nothing is owed any more, all queues are empty and all workers idle. Resolves to what is left when nobody can wait
 * any longer.
 */
async function settle(system: SystemUnderTest, withinMs: number): Promise<string[]> {
  const end = Date.now() + withinMs;
  await Promise.all(system.programs.map((program) => program.ready()));
  for (;;) {
    const { jobs, messages, busySlots } = await system.unfinished();
    if (jobs + messages + busySlots === 0) return [];
    if (Date.now() > end) {
      return [`${jobs} jobs were not settled, ${messages} messages left, ${busySlots} slots of workers busy`];
    }
    await sleep(500);
  }
}

function deathsOfNotifiers(faults: readonly Fault[]): number {
  return faults.filter(({ what, target }) => what === 'kill -9' && target.startsWith('notifier')).length;
}
