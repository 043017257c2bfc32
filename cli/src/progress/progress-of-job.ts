import type { Job } from '@verbatim/domain';
import type { FileProgress } from './file-progress.ts';

/** Turns what the server says of a job into progress, with the time left by the speed so far. */
export function progressOfJob(
  tell: (progress: FileProgress) => void,
  now: () => number = () => performance.now(),
): (job: Job) => void {
  let first: { atMs: number; secondsDone: number; attempt: number } | undefined;

  return (job) => {
    if (job.status === 'PENDING_UPLOAD' || job.status === 'QUEUED')
      return tell({ step: 'waiting', attempt: job.attempt });
    if (job.status !== 'PROCESSING') return;

    const { durationSeconds: secondsTotal, progress, attempt } = job;
    const secondsDone = progress.audioSecondsDone;
    // A new attempt begins anew.
    if (first?.attempt !== attempt || secondsDone < first.secondsDone)
      first = { atMs: now(), secondsDone, attempt };
    const speed = (secondsDone - first.secondsDone) / ((now() - first.atMs) / 1000);
    const secondsLeft = secondsTotal !== null && speed > 0 ? (secondsTotal - secondsDone) / speed : null;
    tell({ step: 'transcribing', secondsDone, secondsTotal, secondsLeft });
  };
}
