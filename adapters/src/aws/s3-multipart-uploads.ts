import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  paginateListParts,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import {
  type Clock,
  type MultipartUpload,
  MultipartUploads,
  ObjectChanged,
  ObjectExists,
  ObjectMissing,
  type PresignedPart,
  type UploadPart,
} from '@verbatim/domain';
import type { AwsClients } from './aws-clients.ts';
import { storageCall } from './unavailable.ts';

/** S3's own multipart uploads. A rule of the bucket ends those that nobody ends (AbortIncompleteMultipartUpload). */
export class S3MultipartUploads extends MultipartUploads {
  readonly #clients: Pick<AwsClients, 's3' | 's3Transfers' | 's3Signer'>;
  readonly #bucket: string;
  readonly #clock: Clock;

  constructor(
    clients: Pick<AwsClients, 's3' | 's3Transfers' | 's3Signer'>,
    audioBucket: string,
    clock: Clock,
  ) {
    super();
    this.#clients = clients;
    this.#bucket = audioBucket;
    this.#clock = clock;
  }

  async begin(key: string, contentType: string): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      Bucket: this.#bucket,
      Key: key,
      ContentType: contentType,
    });
    const { UploadId } = await storageCall(`beginning ${key}`, () => this.#clients.s3.send(command));
    if (UploadId === undefined) throw new Error(`no id for the upload of ${key}`);
    return UploadId;
  }

  async presignPart(
    upload: MultipartUpload,
    {
      partNumber,
      sizeBytes,
      expiresInSeconds,
    }: { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): Promise<PresignedPart> {
    const now = this.#clock.now();
    const command = new UploadPartCommand({
      ...this.#addressOf(upload),
      PartNumber: partNumber,
      ContentLength: sizeBytes,
    });
    const signed = new Set(['host', 'content-length']);
    const url = await getSignedUrl(this.#clients.s3Signer, command, {
      expiresIn: expiresInSeconds,
      signingDate: new Date(now),
      signableHeaders: signed,
      unhoistableHeaders: signed,
    });
    // Content-Length is signed; every client sends it by itself.
    return { url, headers: {}, expiresAt: now + expiresInSeconds * 1_000 };
  }

  async parts(upload: MultipartUpload): Promise<UploadPart[]> {
    const found: UploadPart[] = [];
    await storageCall(`listing the parts of ${upload.key}`, async () => {
      const pages = paginateListParts({ client: this.#clients.s3 }, this.#addressOf(upload));
      for await (const { Parts = [] } of pages) {
        for (const { PartNumber = 0, Size = 0, ETag = '' } of Parts) {
          found.push({ partNumber: PartNumber, sizeBytes: Size, etag: ETag.replaceAll('"', '') });
        }
      }
    }).catch((error: unknown) => {
      throw asOurs(upload, error);
    });
    return found;
  }

  /** S3 takes minutes over many parts, and sends a blank now and then while it does. */
  async join(upload: MultipartUpload, parts: UploadPart[]): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      ...this.#addressOf(upload),
      MultipartUpload: {
        Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` })),
      },
      IfNoneMatch: '*',
    });
    await storageCall(`joining ${upload.key}`, () => this.#clients.s3Transfers.send(command)).catch(
      (error: unknown) => {
        throw asOurs(upload, error);
      },
    );
  }

  /** Ends all uploads whose key starts with `prefix`. Throws what S3 does: `deletePrefix` makes it ours. */
  async abortUnder(prefix: string): Promise<void> {
    const { s3 } = this.#clients;
    const list = new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: prefix });
    for (let more = true; more; ) {
      const { Uploads = [], IsTruncated = false } = await s3.send(list);
      for (const { Key, UploadId } of Uploads) {
        const command = new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId });
        await s3.send(command).catch((error: unknown) => {
          if (nameOf(error) !== 'NoSuchUpload') throw error; // joined or ended by somebody else
        });
      }
      more = IsTruncated && Uploads.length > 0;
    }
  }

  #addressOf({ key, uploadId }: MultipartUpload) {
    return { Bucket: this.#bucket, Key: key, UploadId: uploadId };
  }
}

function asOurs({ key }: MultipartUpload, cause: unknown): unknown {
  switch (nameOf(cause)) {
    case 'NoSuchUpload':
      return new ObjectMissing(`the upload of ${key} is over`, { cause });
    case 'InvalidPart':
    case 'InvalidPartOrder':
      return new ObjectChanged(`a part of ${key} is another one now`, { cause });
    case 'PreconditionFailed':
    case 'ConditionalRequestConflict':
      return new ObjectExists(`${key} is taken`, { cause });
    default:
      return cause;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
