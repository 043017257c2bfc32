import type { EpochMs } from './clock.ts';
import type { MultipartUploads } from './multipart-uploads.ts';

/** `audio` holds uploads and nothing else, since each of its events is an upload; `transcripts` all that we make. */
export type Bucket = 'audio' | 'transcripts';

export interface ObjectInfo {
  sizeBytes: number;
  /** Changes whenever the bytes change. Opaque, without quotes. */
  etag: string;
  contentType: string;
}

/** A body that is read once, in pieces: a file of any size costs the memory of a few pieces. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface PutOptions {
  contentType: string;
  /** Refuse with ObjectExists when the key is taken (If-None-Match: *). */
  ifAbsent?: boolean;
  /** Gives up and leaves nothing behind. */
  signal?: AbortSignal;
}

export interface GetOptions {
  /** Refuse with ObjectChanged when the object is no longer this one (If-Match). */
  ifMatch?: string;
  /** Bytes `start` to `end`, both included, counted from 0. */
  range?: { start: number; end: number };
  signal?: AbortSignal;
}

export interface UploadTerms {
  /** `POST` is a form and enforces the size range; `PUT` signs the exact size. */
  method: 'POST' | 'PUT';
  contentType: string;
  /** The largest size accepted; for PUT the exact size. */
  sizeBytes: number;
  /** The smallest size accepted by a POST form. */
  minSizeBytes?: number;
  expiresInSeconds: number;
}

/** What a client needs to send its file straight to storage. */
export type PresignedUpload =
  | { method: 'POST'; url: string; fields: Record<string, string>; expiresAt: EpochMs }
  | { method: 'PUT'; url: string; headers: Record<string, string>; expiresAt: EpochMs };

/** Where audio and transcripts live. Adapters: S3, files on the local disk, in memory. */
export abstract class ObjectStore {
  /** The same bucket `audio`, for files that come in parts. */
  abstract readonly multipart: MultipartUploads;

  /**
   * Stores the whole body or nothing; replaces what was at `key` unless `ifAbsent`.
   * @throws ObjectExists with `ifAbsent`; StorageUnavailable
   */
  abstract put(
    bucket: Bucket,
    key: string,
    body: ByteStream | Uint8Array,
    options: PutOptions,
  ): Promise<ObjectInfo>;

  /** `sizeBytes` is the whole object's, with a range too. @throws ObjectMissing, ObjectChanged, StorageUnavailable */
  abstract get(bucket: Bucket, key: string, options?: GetOptions): Promise<ObjectInfo & { body: ByteStream }>;

  /** @throws StorageUnavailable */
  abstract head(bucket: Bucket, key: string): Promise<ObjectInfo | null>;

  /**
   * Removes everything whose key starts with `prefix`, with the parts of what was not joined yet; nothing there is fine.
   * @throws StorageUnavailable
   */
  abstract deletePrefix(bucket: Bucket, prefix: string): Promise<void>;

  /** A form or address that lets its holder store one object at `key` in `audio`, until it expires. Local computation only. */
  abstract presignUpload(key: string, terms: UploadTerms): Promise<PresignedUpload>;

  /** An address that lets its holder read one object; browsers save it as `fileName`. */
  abstract presignDownload(
    bucket: Bucket,
    key: string,
    terms: { expiresInSeconds: number; fileName: string },
  ): Promise<string>;

  /** Resolves when storage answers. @throws StorageUnavailable */
  abstract ping(): Promise<void>;
}
