import {
  audioCharged,
  audioCounterOf,
  audioWindowSeconds,
  type CountResult,
  JobFailure,
  type JobRecord,
} from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import { LeaseLost } from './hold-lease.ts';

/**
 * Counts the recording against its user's hours of audio, as soon as its length is known and before it is heard: once a
 * job, also when its work is done again or retried. The record says so first and the count follows: a crash in between, or
 * counters that don't answer, leave it uncounted, and nothing counts it twice.
 * @throws JobFailure quota.exceeded; LeaseLost
 */
export async function chargeAudio(
  job: JobRecord,
  durationSeconds: number,
  ports: WorkerPorts,
): Promise<void> {
  if (job.audioCharge) return;
  const saved = await ports.jobs.change(job.jobId, audioCharged(job, durationSeconds, ports.clock.now()));
  if (!saved?.audioCharge) throw new LeaseLost('the job moved on before its audio was counted');

  const counted = await count(saved, saved.audioCharge.seconds, ports);
  if (counted?.allowed === false) {
    throw new JobFailure('quota.exceeded', `${counted.count} s of audio were counted before`);
  }
}

async function count(
  { jobId, userId }: JobRecord,
  seconds: number,
  { counters, dailyAudioSeconds, log }: WorkerPorts,
): Promise<CountResult | null> {
  const limit = dailyAudioSeconds ?? Number.MAX_SAFE_INTEGER;
  try {
    return await counters.addIfBelow(audioCounterOf(userId), seconds, limit, audioWindowSeconds);
  } catch (error) {
    log.warn({ event: 'audio.not_counted', jobId, seconds, error });
    return null;
  }
}
