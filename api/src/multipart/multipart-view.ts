import { type JobLinks, type JobRecord, partsOf, type UploadPart } from '@verbatim/domain';
import { z } from 'zod';

const PartNumber = z.number().int().min(1);

/** An upload in parts, as its client sees it. */
export const MultipartUploadView = z.object({
  method: z.literal('multipart'),
  url: z
    .url()
    .describe('GET: this again. Below it: POST `/parts` signs addresses, POST `/complete` ends it.'),
  partSizeBytes: z.number().int().describe('Of every part but the last, which is what remains.'),
  partCount: z.number().int(),
  arrived: z.array(z.object({ partNumber: PartNumber, sizeBytes: z.number().int() })),
  expiresAt: z.iso.datetime().describe('All parts have to be there by then.'),
});
export type MultipartUploadView = z.infer<typeof MultipartUploadView>;

export const SignedPart = z.object({
  partNumber: PartNumber,
  method: z.literal('PUT'),
  url: z.url(),
  headers: z.record(z.string(), z.string()).describe('All of them have to be sent.'),
  sizeBytes: z.number().int(),
  expiresAt: z.iso
    .datetime()
    .describe('The part has to be begun by then. After that, ask for a new address.'),
});

export function multipartView(
  job: JobRecord,
  arrived: UploadPart[],
  { self }: Pick<JobLinks, 'self'>,
): MultipartUploadView {
  if (!job.multipart) throw new Error(`the file of job ${job.jobId} comes as a whole`);
  return {
    method: 'multipart',
    url: `${self}/upload`,
    partSizeBytes: job.multipart.partSizeBytes,
    partCount: partsOf(job).length,
    arrived: arrived.map(({ partNumber, sizeBytes }) => ({ partNumber, sizeBytes })),
    expiresAt: new Date(job.uploadEndsAt).toISOString(),
  };
}
