import { audioTypeOf } from '../job/audio-types.ts';
import type { FailureCode } from '../job/failure-codes.ts';
import { acceptedUpload, givenUp, type JobTimes } from '../job/job-changes.ts';
import { jobOfAudioKey } from '../job/job-ids.ts';
import type { JobRecord } from '../job/job-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts';
import type { WorkQueue } from '../ports/work-queue.ts';
import { announce, sendJob, sendSoon } from './send-messages.ts';

export interface AcceptPorts {
  jobs: JobStore;
  objects: ObjectStore;
  queue: WorkQueue;
  clock: Clock;
  times: JobTimes;
  maxUploadBytes: number;
  /** A message could not be sent now; the reconciler will. */
  onDelay: (error: unknown) => void;
}

export type Acceptance =
  | { kind: 'accepted' | 'refused' | 'already'; job: JobRecord }
  | { kind: 'missing'; job: JobRecord }
  | { kind: 'unknown' };

/**
 * The file of a job has arrived, says an event, the client, or the reconciler that looked. All three may say so, at once
 * and again and again: the winner of one conditional write sends one message.
 */
export async function acceptUpload(jobId: string, ports: AcceptPorts): Promise<Acceptance> {
  const job = await ports.jobs.get(jobId);
  if (!job || job.erase) return { kind: 'unknown' };
  if (job.status !== 'PENDING_UPLOAD') return { kind: 'already', job };

  const audio = await ports.objects.head('audio', job.audioKey);
  if (!audio) return { kind: 'missing', job };

  const now = ports.clock.now();
  const fault = faultOf(job, audio, ports.maxUploadBytes);
  const change = fault ? givenUp(job, fault, now, ports.times) : acceptedUpload(job, audio, now, ports.times);
  const saved = await ports.jobs.change(jobId, change);
  // Somebody else was first, or the job was cancelled or deleted meanwhile.
  if (!saved) return acceptUpload(jobId, ports);

  await sendSoon(fault ? announce(saved, ports.queue) : sendJob(saved, ports.queue), ports.onDelay);
  return { kind: fault ? 'refused' : 'accepted', job: saved };
}

/**
 * An object has arrived at `key`. Forms are checked when an upload begins: one that ends after its job was deleted, and
 * after the last look of the reconciler, is removed here, since nobody else would ever find it.
 */
export async function acceptObject(
  key: string,
  ports: AcceptPorts,
): Promise<Acceptance | { kind: 'foreign' }> {
  const owner = jobOfAudioKey(key);
  if (!owner) return { kind: 'foreign' };
  const acceptance = await acceptUpload(owner.jobId, ports);
  if (acceptance.kind === 'unknown') await ports.objects.deletePrefix('audio', key);
  return acceptance;
}

/** The form enforced all this; a storage that did not is caught here. */
function faultOf(job: JobRecord, audio: ObjectInfo, maxUploadBytes: number): FailureCode | null {
  if (audio.sizeBytes === 0) return 'audio.empty';
  if (audio.sizeBytes > maxUploadBytes) return 'upload.too_large';
  if (audioTypeOf(audio.contentType, job.fileName) === null) return 'upload.wrong_type';
  return null;
}
