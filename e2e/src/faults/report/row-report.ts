import type { Harm, Violation } from '../checker/violation.ts';

/** What came of one row on one platform with one seed. Times are seconds. */
export interface RowReport {
  row: number;
  fault: string;
  outcome: string;
  platform: string;
  seed: string;
  jobs: { asked: number; accepted: number; byStatus: Record<string, number> };
  seconds: number;
  completedPerSecond: number;
  /** How often each was done, as `kill -9 worker`. */
  faults: Record<string, number>;
  /** By program: how long a start takes until it is ready. */
  startSeconds: { p50: number | null; max: number | null };
  harms: Record<Harm, number>;
  /** Mails that were sent again under the id they had. */
  rawDuplicates: number;
  recovery: {
    interrupted: number;
    claimP50: number | null;
    claimP99: number | null;
    endP50: number | null;
    endP99: number | null;
  };
  /** Of files and objects that belong to nothing, what may be left until it is swept up. */
  strayFiles: number;
  measures: Record<string, number | string>;
  violations: Violation[];
  /** Beside the invariants: what this row asks for and did not get. */
  complaints: string[];
  passed: boolean;
}

/** For people. */
export function rowReportText(report: RowReport): string {
  const { jobs, harms, recovery } = report;
  const list = (counts: Record<string, number | string>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  const lines = [
    `${report.passed ? 'ok    ' : 'FAILED'} row ${report.row} on ${report.platform}, seed ${report.seed}: ${report.fault}`,
    `  jobs      ${jobs.accepted} accepted of ${jobs.asked}: ${list(jobs.byStatus)}; ${report.seconds} s, ${report.completedPerSecond} completed/s`,
    `  faults    ${list(report.faults)}; ready again after ${figure(report.startSeconds.p50)} s (p50), ${figure(report.startSeconds.max)} s (most)`,
    `  lost ${harms.lost}  stuck ${harms.stuck}  doubled ${harms.doubled}  leaked ${harms.leaked}  broken rules ${harms.broken}` +
      `   (mails sent again under their id: ${report.rawDuplicates}; stray files: ${report.strayFiles})`,
    `  recovery  ${recovery.interrupted} claims were cut short; claimed again p50 ${figure(recovery.claimP50)} s, p99 ${figure(recovery.claimP99)} s;` +
      ` ended p50 ${figure(recovery.endP50)} s, p99 ${figure(recovery.endP99)} s after`,
    ...(Object.keys(report.measures).length > 0 ? [`  measured  ${list(report.measures)}`] : []),
    ...report.complaints.map((complaint) => `  !! ${complaint}`),
    ...report.violations.slice(0, 20).map(({ invariant, harm, jobId, what }) => {
      return `  !! ${invariant} ${harm}: ${jobId ?? ''} ${what}`;
    }),
    ...(report.violations.length > 20 ? [`  !! and ${report.violations.length - 20} more`] : []),
  ];
  return lines.join('\n');
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}
