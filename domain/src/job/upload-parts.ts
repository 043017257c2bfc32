import type { JobRecord } from './job-record.ts';

/** S3's own limits: 10,000 parts, each of 5 MiB (but the last) to 5 GiB. */
export const maxUploadParts = 10_000;
export const smallestPartBytesOnS3 = 5 * 2 ** 20;

/** The addresses and forms that clients send files to: for how long they are signed. */
export const uploadAddressMs = 15 * 60_000;
/**
 * From the creation of a job until its last part has to be there. A bucket's own rule for abandoned uploads counts from
 * their beginning too, and has to leave them at least this long.
 */
export const partedUploadMs = 24 * 60 * 60_000;

/** The size of all parts but the last one. Larger than wanted where the file would have too many. */
export function partSizeFor(sizeBytes: number, wantedBytes: number): number {
  return Math.max(wantedBytes, Math.ceil(sizeBytes / maxUploadParts));
}

export interface PlannedPart {
  /** From 1. */
  partNumber: number;
  sizeBytes: number;
}

/** The parts that the file of this job comes in; none when it comes as a whole. */
export function partsOf({ multipart, sizeBytes }: Pick<JobRecord, 'multipart' | 'sizeBytes'>): PlannedPart[] {
  if (multipart === null || sizeBytes === null) return [];
  const { partSizeBytes } = multipart;
  return Array.from({ length: Math.ceil(sizeBytes / partSizeBytes) }, (_, index) => ({
    partNumber: index + 1,
    sizeBytes: Math.min(partSizeBytes, sizeBytes - index * partSizeBytes),
  }));
}

/** Parts may lie in storage, of a file that was never accepted. */
export function hasLooseParts({ multipart, audioEtag }: JobRecord): boolean {
  return multipart !== null && audioEtag === null;
}
