import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type Job } from '@verbatim/domain';
import type { VerbatimServer } from '../server/verbatim-server.ts';

/** Short recordings are done in a second; for long ones a look every 2 s is plenty. */
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Asks until the job has ended, by ETag, so that nothing but changes is sent. Outlives a restart of the server. */
export async function waitForEnd(
  server: VerbatimServer,
  jobId: string,
  onChange: (job: Job) => void,
  stop: AbortSignal,
): Promise<Job> {
  let etag: string | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(1.5 * pauseMs, longestPauseMs)) {
    const changed = await server.jobIfChanged(jobId, etag, stop);
    if (changed) {
      etag = changed.etag;
      if (isFinal(changed.job.status)) return changed.job;
      onChange(changed.job);
    }
    await sleep(pauseMs, undefined, { signal: stop });
  }
}
