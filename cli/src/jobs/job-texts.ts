import type { Job } from '@verbatim/domain';
import { clock } from '../progress/describe.ts';
import { table } from '../table.ts';

export function jobsTable(jobs: Job[]): string {
  if (jobs.length === 0) return 'No jobs.\n';
  return table(
    ['job', 'status', 'done', 'length', 'created (UTC)', 'file'],
    jobs.map((job) => [
      job.jobId,
      job.status,
      `${job.progress.percent} %`,
      job.durationSeconds === null ? '' : clock(job.durationSeconds),
      minuteOf(job.createdAt),
      printable(job.fileName),
    ]),
    [2, 3],
  );
}

/** One fact a line, those that are known. */
export function jobFacts(job: Job): string {
  const { progress, error } = job;
  const facts: [string, string | null][] = [
    ['job', job.jobId],
    ['file', printable(job.fileName)],
    ['status', error ? `${job.status}: ${error.message}` : job.status],
    ['progress', `${progress.percent} %, ${progress.phase}`],
    ['length', job.durationSeconds === null ? null : clock(job.durationSeconds)],
    ['language', job.language],
    ['attempt', String(job.attempt)],
    ['created', job.createdAt],
    ['started', job.startedAt],
    ['finished', job.finishedAt],
    ['warnings', job.warnings.join(', ') || null],
    ['transcript', job.links.transcript],
  ];
  return facts.map(([name, value]) => (value === null ? '' : `${name.padEnd(12)}${value}\n`)).join('');
}

export function minuteOf(isoTime: string): string {
  return isoTime.slice(0, 16).replace('T', ' ');
}

/** A name is whatever its uploader chose: it must not steer the terminal. */
export function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '?');
}
