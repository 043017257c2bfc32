import { rawDuplicates } from '../checker/one-mail-each.ts';
import type { Harm, Violation } from '../checker/violation.ts';
import type { Journey } from '../clients/journey.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Stored } from '../evidence/stored.ts';
import type { Fault, Findings, Row } from '../rows/row.ts';
import type { Program } from '../system/program.ts';
import { percentile } from './percentile.ts';
import { recoveries } from './recoveries.ts';
import type { RowReport } from './row-report.ts';

export interface Outcome {
  row: Row;
  campaign: { platform: string; seed: string; jobs: number };
  system: { programs: readonly Program[] };
  evidence: Evidence;
  stored: Stored;
  journeys: readonly Journey[];
  faults: readonly Fault[];
  findings: Findings | undefined;
  violations: Violation[];
  complaints: string[];
  startedAt: number;
  endedAt: number;
}

const mostRecoverySeconds = 60;

/** Puts all that was found into numbers, and says whether the row passed. */
export function makeReport(outcome: Outcome): RowReport {
  const { row, campaign, evidence, stored, journeys, faults, findings, violations } = outcome;
  const seconds = (outcome.endedAt - outcome.startedAt) / 1_000;
  const recovered = recoveries(stored.jobs, faults);
  const claims = recovered.map(({ claimSeconds }) => claimSeconds);
  const ends = recovered.map(({ endSeconds }) => endSeconds);
  const starts = startsOf(outcome.system.programs);
  const byStatus = countBy(stored.jobs.map(({ record }) => (record.erase ? 'DELETED' : record.status)));
  const completedPerSecond = rounded((byStatus['COMPLETED'] ?? 0) / seconds);
  const recovery = {
    interrupted: recovered.length,
    claimP50: percentile(claims, 0.5),
    claimP99: percentile(claims, 0.99),
    endP50: percentile(ends, 0.5),
    endP99: percentile(ends, 0.99),
  };
  const withoutTurn = campaign.jobs - journeys.length;
  const withoutJob = journeys.filter(({ jobId }) => jobId === null);
  const complaints = [
    ...outcome.complaints,
    // They were promised nothing, so no invariant is about them.
    ...(withoutTurn > 0 ? [`${withoutTurn} of the clients had no turn`] : []),
    ...(withoutJob.length > 0
      ? [`${withoutJob.length} of the clients got no job: ${withoutJob[0]?.trouble}`]
      : []),
    ...(findings?.faults ?? []),
    ...(faults.length === 0 && !row.harmless ? ['nothing was done to it: more jobs would last longer'] : []),
    ...((recovery.claimP99 ?? 0) > mostRecoverySeconds ? ['recovery took more than 60 s (p99)'] : []),
  ];
  return {
    row: row.number,
    fault: row.fault,
    outcome: row.outcome,
    platform: campaign.platform,
    seed: campaign.seed,
    jobs: {
      asked: campaign.jobs,
      accepted: journeys.filter(({ acceptedAt }) => acceptedAt !== null).length,
      byStatus,
    },
    seconds: rounded(seconds),
    completedPerSecond,
    faults: countBy(faults.map(({ what, target }) => `${what} ${target.replace(/-\d+$/, '')}`)),
    startSeconds: { p50: percentile(starts, 0.5), max: percentile(starts, 1) },
    harms: harmsOf(violations),
    rawDuplicates: rawDuplicates(evidence.mails),
    recovery,
    strayFiles: stored.strayFiles,
    measures: findings?.measures ?? {},
    violations,
    complaints,
    passed: violations.length === 0 && complaints.length === 0,
  };
}

function harmsOf(violations: readonly Violation[]): Record<Harm, number> {
  const none = { lost: 0, stuck: 0, doubled: 0, leaked: 0, broken: 0 };
  return { ...none, ...countBy(violations.map(({ harm }) => harm)) };
}

/** Seconds from each start but the first to the moment when the program was ready again. */
function startsOf(programs: readonly Program[]): number[] {
  return programs.flatMap(({ lives }) =>
    lives
      .slice(1)
      .flatMap(({ startedAt, readyAt }) => (readyAt === null ? [] : [(readyAt - startedAt) / 1_000])),
  );
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
