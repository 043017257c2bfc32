import { randomUUID } from 'node:crypto';
import {
  type ByteStream,
  type MultipartUpload,
  MultipartUploads,
  ObjectChanged,
  type ObjectInfo,
  ObjectMissing,
  type PresignedPart,
  type UploadPart,
} from '@verbatim/domain';
import { within } from './receive-upload.ts';
import type { PartGrant, StorageLinks } from './storage-links.ts';

/** The store that keeps the parts, each as an object of its own below `{key}/{uploadId}/`. */
export interface PartStore {
  head(key: string): ObjectInfo | null;
  list(prefix: string): { key: string; info: ObjectInfo }[];
  put(key: string, body: ByteStream | Uint8Array, contentType: string): Promise<ObjectInfo>;
  get(key: string, options: { ifMatch: string }): Promise<{ body: ByteStream }>;
  remove(prefix: string): Promise<void>;
  /** Makes the whole object, unless there is one. @throws ObjectExists */
  putWhole(key: string, body: ByteStream, contentType: string): Promise<ObjectInfo>;
}

/**
 * Parts are objects of a bucket that only this store knows. Beside them lies an empty one, of the type that the whole will
 * have: while it is there, the upload goes on. Joining copies the parts, so for a while they need twice their room.
 */
export class FileMultipartUploads extends MultipartUploads {
  readonly #store: PartStore;
  readonly #links: StorageLinks;

  constructor(store: PartStore, links: StorageLinks) {
    super();
    this.#store = store;
    this.#links = links;
  }

  async begin(key: string, contentType: string): Promise<string> {
    const uploadId = randomUUID();
    await this.#store.put(markOf({ key, uploadId }), new Uint8Array(), contentType);
    return uploadId;
  }

  async presignPart(
    upload: MultipartUpload,
    terms: { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): Promise<PresignedPart> {
    return this.#links.presignPart(upload, terms);
  }

  /**
   * Stores a part that its signature permits, straight from the request. @throws StorageRefused when it has another size;
   * ObjectMissing when the upload is over; StorageUnavailable
   */
  async receive(grant: PartGrant, body: ByteStream): Promise<ObjectInfo> {
    this.#markedType(grant);
    const key = partKey(grant);
    const info = await this.#store.put(key, within(grant, body), 'application/octet-stream');
    try {
      this.#markedType(grant);
    } catch (error) {
      // It ended meanwhile, and whoever ended it may not have seen this part.
      await this.#store.remove(key);
      throw error;
    }
    return info;
  }

  async parts(upload: MultipartUpload): Promise<UploadPart[]> {
    this.#markedType(upload);
    return this.#store
      .list(folderOf(upload))
      .filter(({ key }) => key !== markOf(upload))
      .map(({ key, info: { sizeBytes, etag } }) => ({
        partNumber: Number(key.slice(key.lastIndexOf('/') + 1)),
        sizeBytes,
        etag,
      }));
  }

  async join(upload: MultipartUpload, parts: UploadPart[]): Promise<void> {
    const contentType = this.#markedType(upload);
    await this.#store.putWhole(upload.key, this.#bytesOf(upload, parts), contentType);
    await this.#store.remove(`${upload.key}/`);
  }

  async *#bytesOf({ key, uploadId }: MultipartUpload, parts: UploadPart[]): ByteStream {
    for (const { partNumber, etag } of parts) {
      const part = await this.#store
        .get(partKey({ key, uploadId, partNumber }), { ifMatch: etag })
        .catch((error: unknown) => {
          if (!(error instanceof ObjectMissing)) throw error;
          throw new ObjectChanged(`part ${partNumber} of ${key} is gone`, { cause: error });
        });
      yield* part.body;
    }
  }

  /** @throws ObjectMissing when the upload is over */
  #markedType(upload: MultipartUpload): string {
    const mark = this.#store.head(markOf(upload));
    if (!mark) throw new ObjectMissing(`the upload of ${upload.key} is over`);
    return mark.contentType;
  }
}

function folderOf({ key, uploadId }: MultipartUpload): string {
  return `${key}/${uploadId}/`;
}

function markOf(upload: MultipartUpload): string {
  return `${folderOf(upload)}begun`;
}

/** Five digits, so that they sort by number. */
function partKey({ partNumber, ...upload }: MultipartUpload & { partNumber: number }): string {
  return folderOf(upload) + String(partNumber).padStart(5, '0');
}
