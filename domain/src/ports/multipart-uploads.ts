import type { EpochMs } from './clock.ts';

/** One upload in parts: what it is to become, and storage's own name for it. */
export interface MultipartUpload {
  key: string;
  uploadId: string;
}

/** A part that has arrived. */
export interface UploadPart {
  /** From 1. */
  partNumber: number;
  sizeBytes: number;
  /** Changes whenever the bytes change. Opaque, without quotes. */
  etag: string;
}

/** What a client needs to PUT one part straight to storage. */
export interface PresignedPart {
  url: string;
  headers: Record<string, string>;
  expiresAt: EpochMs;
}

/**
 * Objects of the bucket `audio` that arrive in parts. There is nothing at the key until the parts are joined; what is
 * not joined goes with `ObjectStore.deletePrefix`. Adapters: S3's multipart uploads, files on the local disk, in memory.
 */
export abstract class MultipartUploads {
  /** The `uploadId` of a new upload. @throws StorageUnavailable */
  abstract begin(key: string, contentType: string): Promise<string>;

  /**
   * An address that takes one part, of exactly this size, as often as it is sent: the last one counts. Local computation
   * only.
   */
  abstract presignPart(
    upload: MultipartUpload,
    part: { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): Promise<PresignedPart>;

  /** What has arrived, by number. @throws ObjectMissing when the upload is joined, or removed; StorageUnavailable */
  abstract parts(upload: MultipartUpload): Promise<UploadPart[]>;

  /**
   * Makes one object of these parts, all of it or nothing. Doing it again changes nothing, whether it throws or not: S3
   * remembers for a while what it has joined.
   * @throws ObjectMissing when the upload is joined, or removed; ObjectChanged when a part is not the one that is meant;
   * ObjectExists when there is something at the key; StorageUnavailable
   */
  abstract join(upload: MultipartUpload, parts: UploadPart[]): Promise<void>;
}
