import {
  announce,
  completed,
  type JobRecord,
  type Outcome,
  sendSoon,
  type Transcript,
} from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import { LeaseLost } from './hold-lease.ts';
import type { StoredTranscript } from './store-transcript.ts';

/** The job is COMPLETED and its announcement owed, in one write; then the announcement is made. @throws LeaseLost */
export async function completeJob(
  job: JobRecord,
  transcript: Transcript,
  stored: StoredTranscript,
  ports: WorkerPorts,
): Promise<Outcome> {
  const { language, confidence, model, warnings, durationSeconds } = transcript;
  const now = ports.clock.now();
  const result = { ...stored, language, confidence, model, warnings };
  const saved = await ports.jobs.change(job.jobId, completed(job, result, durationSeconds, now, ports.times));
  if (!saved) throw new LeaseLost('the job moved on before its transcript was done');

  // Of a job in chunks, from the claim that cut it.
  const seconds = (now - (job.startedAt ?? now)) / 1000;
  ports.log.info({
    event: 'job.completed',
    jobId: job.jobId,
    audioSeconds: durationSeconds,
    seconds,
    language,
  });
  ports.metrics.jobs.inc({ outcome: 'completed' });
  ports.metrics.audioSeconds.inc({ language }, durationSeconds);
  ports.metrics.processingSeconds.observe(seconds);
  if (durationSeconds > 0) ports.metrics.realTimeFactor.observe(seconds / durationSeconds);

  await sendSoon(announce(saved, ports.queue), (error) =>
    ports.log.warn({ event: 'announcement.delayed', jobId: job.jobId, error: String(error) }),
  );
  return 'done';
}
