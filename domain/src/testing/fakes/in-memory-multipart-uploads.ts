import { createHash, randomUUID } from 'node:crypto';
import { ObjectChanged, ObjectMissing } from '../../errors.ts';
import {
  type MultipartUpload,
  MultipartUploads,
  type PresignedPart,
  type UploadPart,
} from '../../ports/multipart-uploads.ts';

interface Begun {
  key: string;
  contentType: string;
  parts: Map<number, Uint8Array>;
}

/** Presigned addresses name their part and lead nowhere: `send` does what a PUT to one would. */
export class InMemoryMultipartUploads extends MultipartUploads {
  /** By upload id. */
  readonly begun = new Map<string, Begun>();
  private readonly answer: () => void;
  private readonly put: (key: string, body: Uint8Array, contentType: string) => Promise<unknown>;

  /** `answer` throws while storage is down; `put` makes the object, unless there is one. */
  constructor(
    answer: () => void,
    put: (key: string, body: Uint8Array, contentType: string) => Promise<unknown>,
  ) {
    super();
    this.answer = answer;
    this.put = put;
  }

  async begin(key: string, contentType: string): Promise<string> {
    this.answer();
    const uploadId = randomUUID();
    this.begun.set(uploadId, { key, contentType, parts: new Map() });
    return uploadId;
  }

  async presignPart(
    { key, uploadId }: MultipartUpload,
    { partNumber, expiresInSeconds }: { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): Promise<PresignedPart> {
    const url = `http://storage.invalid/${key}?uploadId=${uploadId}&partNumber=${partNumber}`;
    return { url, headers: {}, expiresAt: Date.now() + expiresInSeconds * 1_000 };
  }

  async send({ url }: PresignedPart, bytes: Uint8Array): Promise<void> {
    const { searchParams } = new URL(url);
    const begun = this.begun.get(searchParams.get('uploadId') ?? '');
    if (!begun) throw new ObjectMissing('the upload is over');
    begun.parts.set(Number(searchParams.get('partNumber')), bytes);
  }

  async parts(upload: MultipartUpload): Promise<UploadPart[]> {
    this.answer();
    return [...this.find(upload).parts]
      .map(([partNumber, bytes]) => ({ partNumber, sizeBytes: bytes.length, etag: etagOf(bytes) }))
      .toSorted((a, b) => a.partNumber - b.partNumber);
  }

  async join(upload: MultipartUpload, parts: UploadPart[]): Promise<void> {
    this.answer();
    const begun = this.find(upload);
    const pieces = parts.map(({ partNumber, etag }) => {
      const bytes = begun.parts.get(partNumber);
      if (!bytes || etagOf(bytes) !== etag) throw new ObjectChanged(`part ${partNumber} is another one now`);
      return bytes;
    });
    await this.put(upload.key, Buffer.concat(pieces), begun.contentType);
    this.begun.delete(upload.uploadId);
  }

  remove(prefix: string): void {
    for (const [uploadId, { key }] of this.begun) if (key.startsWith(prefix)) this.begun.delete(uploadId);
  }

  private find({ key, uploadId }: MultipartUpload): Begun {
    const begun = this.begun.get(uploadId);
    if (begun?.key !== key) throw new ObjectMissing('the upload is over');
    return begun;
  }
}

function etagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
