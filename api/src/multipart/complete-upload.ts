import {
  acceptObject,
  type JobRecord,
  ObjectChanged,
  ObjectExists,
  ObjectMissing,
  partsOf,
  type UploadPart,
} from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';
import { assertOpen, type JobInParts, jobInParts, uploadOf } from './open-upload.ts';

/**
 * Joins the parts to the recording and takes it in, as any other upload. Safe to repeat: whoever lost the answer asks again
 * and gets the job. @throws Refused upload.incomplete | upload.over
 */
export async function completeUpload(jobId: string, caller: Caller, ports: JobPorts): Promise<JobRecord> {
  const job = await jobInParts(jobId, caller, ports);
  // Nothing else than a file that came leads to these.
  if (!['PENDING_UPLOAD', 'CANCELED', 'EXPIRED'].includes(job.status) || job.audioEtag !== null) return job;
  assertOpen(job);

  await joinParts(job, ports);
  const acceptance = await acceptObject(job.audioKey, ports);
  if (acceptance.kind === 'unknown' || acceptance.kind === 'foreign') throw new Refused('job.unknown');
  if (acceptance.kind === 'missing') throw new Refused('upload.over');
  return acceptance.job;
}

async function joinParts(job: JobInParts, ports: JobPorts): Promise<void> {
  const upload = uploadOf(job);
  if (!upload) throw incomplete(partsOf(job).length);
  const { multipart } = ports.objects;
  try {
    const arrived = await multipart.parts(upload);
    await multipart.join(upload, completeParts(job, arrived));
  } catch (error) {
    if (error instanceof ObjectChanged) throw new Refused('upload.incomplete', { cause: error });
    // Another request has joined them, or this one before its answer was lost: whether the object is there, tells.
    if (!(error instanceof ObjectMissing || error instanceof ObjectExists)) throw error;
  }
}

/** All parts, each of its size: then the whole has the size that was announced. */
function completeParts(job: JobInParts, arrived: UploadPart[]): UploadPart[] {
  const bySize = new Map(arrived.map((part) => [`${part.partNumber}/${part.sizeBytes}`, part]));
  const plan = partsOf(job);
  const parts = plan.flatMap(({ partNumber, sizeBytes }) => bySize.get(`${partNumber}/${sizeBytes}`) ?? []);
  if (parts.length < plan.length) throw incomplete(plan.length - parts.length);
  return parts;
}

function incomplete(missing: number): Refused {
  const detail = `Parts have not arrived yet: ${missing}. Send them, and complete the upload again.`;
  return new Refused('upload.incomplete', { detail });
}
