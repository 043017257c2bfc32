import {
  announce,
  completed,
  countThroughput,
  type JobMeasures,
  type JobRecord,
  type Outcome,
  sendSoon,
  type Transcript,
} from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import { LeaseLost } from './hold-lease.ts';
import type { StoredTranscript } from './store-transcript.ts';

interface Completion {
  transcript: Transcript;
  stored: StoredTranscript;
  measures: JobMeasures;
}

/** The job is COMPLETED and its announcement owed, in one write; then the announcement is made. @throws LeaseLost */
export async function completeJob(
  job: JobRecord,
  { transcript, stored, measures }: Completion,
  ports: WorkerPorts,
): Promise<Outcome> {
  const { jobId } = job;
  const { language, confidence, model, warnings, durationSeconds } = transcript;
  const now = ports.clock.now();
  const result = { ...stored, language, confidence, model, warnings, measures };
  const saved = await ports.jobs.change(jobId, completed(job, result, durationSeconds, now, ports.times));
  if (!saved) throw new LeaseLost('the job moved on before its transcript was done');

  const { processingSeconds: seconds, ...rest } = measures;
  ports.log.info({
    event: 'job.completed',
    jobId,
    audioSeconds: durationSeconds,
    seconds,
    ...rest,
    language,
    confidence,
  });
  observe(transcript, measures, ports);
  await sendSoon(announce(saved, ports.queue), (error) =>
    ports.log.warn({ event: 'announcement.delayed', jobId, error }),
  );
  const { processingSeconds } = measures;
  await countThroughput({ completed: 1, audioSeconds: durationSeconds, processingSeconds }, ports);
  return 'done';
}

function observe(
  { language, confidence, durationSeconds }: Transcript,
  { processingSeconds, engineCpuSeconds, silenceShare }: JobMeasures,
  { metrics }: WorkerPorts,
): void {
  metrics.jobs.inc({ outcome: 'completed' });
  metrics.audioSeconds.inc({ language }, durationSeconds);
  metrics.confidence.observe({ language }, confidence);
  metrics.processingSeconds.observe(processingSeconds);
  if (durationSeconds > 0) metrics.realTimeFactor.observe(processingSeconds / durationSeconds);
  if (engineCpuSeconds !== null) metrics.engineCpuSeconds.inc(engineCpuSeconds);
  if (silenceShare !== null) metrics.silenceShare.observe(silenceShare);
}
