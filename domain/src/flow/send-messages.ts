import type { JobRecord } from '../job/job-record.ts';
import type { ChunkMessage, JobFinishedMessage, JobMessage } from '../messages/messages.ts';
import type { WorkQueue } from '../ports/work-queue.ts';

/** Tells the workers that this run of the job can be done. */
export async function sendJob(job: JobRecord, queue: WorkQueue): Promise<void> {
  const message: JobMessage = { kind: 'job', jobId: job.jobId, run: job.run };
  await queue.send('transcription', JSON.stringify(message), { groupId: job.userId });
}

/** Tells the workers which chunks of this run can be done. A chunk whose message is lost is due again. */
export async function sendChunks(job: JobRecord, indexes: number[], queue: WorkQueue): Promise<void> {
  for (const chunk of indexes) {
    const message: ChunkMessage = { kind: 'chunk', jobId: job.jobId, run: job.run, chunk };
    await queue.send('transcription', JSON.stringify(message), { groupId: job.userId });
  }
}

/** Tells the notifier that this run has ended. Repeated by the reconciler while the announcement is owed. */
export async function announce(job: JobRecord, queue: WorkQueue): Promise<void> {
  const message: JobFinishedMessage = {
    kind: 'job-finished',
    jobId: job.jobId,
    run: job.run,
    status: job.status,
  };
  await queue.send('notification', JSON.stringify(message), { groupId: job.userId });
}

/**
 * For callers whose work is already saved: a queue that is down costs a delay and nothing else, since the record is due
 * and the reconciler sends then.
 */
export async function sendSoon(send: Promise<void>, onDelay: (error: unknown) => void): Promise<void> {
  try {
    await send;
  } catch (error) {
    onDelay(error);
  }
}
