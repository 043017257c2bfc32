import type { Job } from '@verbatim/domain';
import type { FileProgress } from './file-progress.ts';

/** What the server says of a job that has not ended, as one of our steps. */
export function progressOfJob({ status, attempt, progress }: Job): FileProgress {
  if (status !== 'PROCESSING')
    return { step: 'waiting', attempt, atMostBefore: progress.queuePosition?.atMost ?? null };
  if (progress.stalled) return { step: 'stalled' };
  return {
    step: 'transcribing',
    secondsDone: progress.audioSecondsDone,
    secondsTotal: progress.audioSecondsTotal,
    secondsLeft: progress.estimate?.secondsLeft ?? null,
  };
}
