import type { AudioBudget } from './audio-budget.ts';
import type { OpenJobLimit } from './open-job-limit.ts';

export interface QuotaPorts {
  openJobLimit: OpenJobLimit;
  audioBudget: AudioBudget;
}

/** Whether this user may have this job, now; asked before it is made. @throws Refused quota.* */
export async function admitJob(userId: string, jobId: string, ports: QuotaPorts): Promise<void> {
  await ports.audioBudget.check(userId);
  // Last, since it takes the job in.
  await ports.openJobLimit.reserve(userId, jobId);
}
