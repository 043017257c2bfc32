import type { EpochMs } from '../ports/clock.ts';
import type { JobChange } from '../ports/job-store.ts';
import type { TranscriptFormat } from '../transcript/render-transcript.ts';
import type { Correction } from './correction-record.ts';
import { unmoved } from './job-changes.ts';
import { jobPrefix } from './job-ids.ts';
import type { JobRecord } from './job-record.ts';

/** The name of what a person made, in ETags, queries and keys. */
export function versionOfCorrection({ number }: Pick<Correction, 'number'>): string {
  return `v${number}`;
}

/** What counts: the newest correction, else what the engine heard; null where there is no transcript. */
export function newestVersionOf({ result, corrections }: JobRecord): string | null {
  if (!result) return null;
  const newest = corrections?.at(-1);
  return newest ? versionOfCorrection(newest) : result.version;
}

/** Where the text of the newest version lies; null where there is no transcript. */
export function newestTextKeyOf(job: JobRecord): string | null {
  const version = newestVersionOf(job);
  return version === null ? null : transcriptKeyOf(job, version, 'txt');
}

/** Where a version lies: json and txt beside each other. */
export function transcriptKeyOf(
  { userId, jobId }: Pick<JobRecord, 'userId' | 'jobId'>,
  version: string,
  format: Extract<TranscriptFormat, 'json' | 'txt'>,
): string {
  return `${jobPrefix(userId, jobId)}${version}/transcript.${format}`;
}

/**
 * A person has corrected the transcript; its files are stored already. Of two who began from the same version one is
 * refused. No move of the job, so no entry of its history: the list of versions tells it.
 */
export function corrected(job: JobRecord, correction: Correction): JobChange {
  return {
    expect: { ...unmoved(job), corrections: job.corrections, transcriptRemovedAt: null },
    set: { corrections: keptCorrections([...(job.corrections ?? []), correction]) },
  };
}

/** Who types all day makes a version of every ten minutes or so. */
const keptApartMs: EpochMs = 10 * 60_000;
const mostKept = 100;

/**
 * A page saves every few seconds, which nobody wants to look through afterwards: of the versions made within ten minutes
 * the first is kept. The newest two always are: what was replaced a moment ago may still be read, or wanted back.
 */
export function keptCorrections(corrections: readonly Correction[]): Correction[] {
  const older: Correction[] = [];
  for (const correction of corrections.slice(0, -2)) {
    const last = older.at(-1);
    if (!last || correction.at - last.at >= keptApartMs) older.push(correction);
  }
  return [...older.slice(2 - mostKept), ...corrections.slice(-2)];
}
