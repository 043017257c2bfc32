import { type JobRecord, ObjectMissing, type UploadPart } from '@verbatim/domain';
import type { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';
import { uploadOf } from './open-upload.ts';

/** What has arrived so far. @throws Refused upload.over */
export async function arrivedParts(job: JobRecord, ports: JobPorts): Promise<UploadPart[]> {
  const upload = uploadOf(job);
  if (!upload) return [];
  return ports.objects.multipart.parts(upload).catch((cause: unknown) => {
    // Joined a moment ago, or ended by storage's own rule for what was abandoned.
    throw cause instanceof ObjectMissing ? new Refused('upload.over', { cause }) : cause;
  });
}
