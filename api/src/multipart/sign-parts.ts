import { type PlannedPart, type PresignedPart, partsOf, uploadAddressMs } from '@verbatim/domain';
import type { Caller } from '../auth/caller.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';
import { begunUpload, openUpload } from './open-upload.ts';

/** Addresses to send these parts to. They end soon, so whoever resumes asks for new ones. @throws Refused */
export async function signParts(
  jobId: string,
  partNumbers: number[],
  caller: Caller,
  ports: JobPorts,
): Promise<(PlannedPart & PresignedPart)[]> {
  const job = await openUpload(jobId, caller, ports);
  const plan = partsOf(job);
  const parts = partNumbers.map((number) => plan[number - 1]);
  if (!parts.every((part) => part !== undefined)) {
    const message = `each of partNumbers must be at most ${plan.length}`;
    throw new Refused('request.invalid', { errors: [{ field: 'partNumbers', message }] });
  }
  const upload = await begunUpload(job, caller, ports);
  const left = job.uploadEndsAt - ports.clock.now();
  const expiresInSeconds = Math.max(1, Math.ceil(Math.min(uploadAddressMs, left) / 1000));
  return Promise.all(
    parts.map(async (part) => ({
      ...part,
      ...(await ports.objects.multipart.presignPart(upload, { ...part, expiresInSeconds })),
    })),
  );
}
