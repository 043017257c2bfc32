import {
  chunksSentAgain,
  expired,
  givenUp,
  interrupted,
  isCut,
  isFinal,
  type JobChange,
  type JobRecord,
  type JobTimes,
  maxSends,
  nextRemovalAt,
  paid,
  removalBegun,
  sentAgain,
  settled,
  stillOwed,
  uploadStillMissing,
} from '@verbatim/domain';

/** What is to be done about one job. `change` is saved first; only who could save it goes on to send anything. */
export type Step =
  | { action: 'wait' }
  | { action: 'look_for_upload'; ifMissing: JobChange }
  | { action: 'send_job' | 'send_chunks' | 'free_job' | 'give_up' | 'announce' | 'settle'; change: JobChange }
  | { action: 'signal_dead_letter' | 'tidy' | 'leave' | 'remove'; change: JobChange }
  | { action: 'erase' };

/** The table "dueAt: who looks when", row by row. Decides only; `reconcile.ts` acts. */
export function nextStep(job: JobRecord, now: number, times: JobTimes): Step {
  if (job.dueAt === null || job.dueAt > now) return { action: 'wait' };
  if (job.erase) return { action: now < job.erase.at ? 'wait' : 'erase' };
  if (isFinal(job.status)) return stepToPay(job, now, times);

  if (job.status === 'PENDING_UPLOAD') {
    const tooLate = now >= job.uploadEndsAt + times.uploadGraceMs;
    const ifMissing = tooLate ? expired(job, now) : uploadStillMissing(job, now, times);
    return { action: 'look_for_upload', ifMissing };
  }
  if (job.status === 'QUEUED') {
    return job.sends >= maxSends
      ? { action: 'give_up', change: givenUp(job, 'job.never_started', now, times) }
      : { action: 'send_job', change: sentAgain(job, now, times) };
  }
  if (isCut(job)) {
    return job.sends >= maxSends
      ? { action: 'give_up', change: givenUp(job, 'job.never_started', now, times) }
      : { action: 'send_chunks', change: chunksSentAgain(job, now, times) };
  }
  // PROCESSING: the lease has run out and nobody said why.
  return { action: 'free_job', change: interrupted(job, now, times) };
}

function stepToPay(job: JobRecord, now: number, times: JobTimes): Step {
  if (job.owes.includes('signal-dead-letter')) {
    return { action: 'signal_dead_letter', change: paid(job, 'signal-dead-letter', times) };
  }
  if (job.owes.includes('tidy')) return { action: 'tidy', change: paid(job, 'tidy', times) };
  if (job.owes.includes('announce')) return { action: 'announce', change: stillOwed(job, now, times) };
  // A debt that only a newer version knows of is left to it, and not forgotten.
  if (job.owes.length > 0) return { action: 'leave', change: stillOwed(job, now, times) };
  // Begun and not settled since: whoever began may not have come to its end.
  const isBegun = job.audioRemovedAt !== null || job.transcriptRemovedAt !== null;
  const removalAt = nextRemovalAt(job, times.retention);
  if (isBegun || (removalAt !== null && removalAt <= now)) {
    return { action: 'remove', change: removalBegun(job, now, times) };
  }
  return { action: 'settle', change: settled(job, times) };
}
