import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import {
  type Bucket,
  type ByteStream,
  type Clock,
  type GetOptions,
  ObjectChanged,
  ObjectExists,
  type ObjectInfo,
  ObjectMissing,
  ObjectStore,
  type PresignedUpload,
  type PutOptions,
  StorageUnavailable,
  type UploadTerms,
} from '@verbatim/domain';
import type { AwsClients } from './aws-clients.ts';
import { OutgoingBody } from './outgoing-body.ts';
import { receivedBytes } from './received-bytes.ts';
import { S3MultipartUploads } from './s3-multipart-uploads.ts';
import { presignedForm, presignedGet, presignedPut } from './s3-presigning.ts';
import { asUnavailable, storageCall } from './unavailable.ts';

/** Pieces of a streamed upload; two are under way at a time, so an upload costs some 24 MiB of memory. */
const partBytes = 8 * 2 ** 20;

export class S3ObjectStore extends ObjectStore {
  readonly multipart: S3MultipartUploads;
  readonly #clients: Pick<AwsClients, 's3' | 's3Transfers' | 's3Signer'>;
  readonly #buckets: Record<Bucket, string>;
  readonly #clock: Clock;

  constructor(
    clients: Pick<AwsClients, 's3' | 's3Transfers' | 's3Signer'>,
    buckets: Record<Bucket, string>,
    clock: Clock,
  ) {
    super();
    this.#clients = clients;
    this.#buckets = buckets;
    this.#clock = clock;
    this.multipart = new S3MultipartUploads(clients, buckets.audio, clock);
  }

  /** Should an answer be lost and the SDK ask again, `ifAbsent` may find the object of its own first try. */
  async put(
    bucket: Bucket,
    key: string,
    body: ByteStream | Uint8Array,
    options: PutOptions,
  ): Promise<ObjectInfo> {
    const { contentType, ifAbsent, signal } = options;
    signal?.throwIfAborted();
    const params = {
      Bucket: this.#buckets[bucket],
      Key: key,
      ContentType: contentType,
      ...(ifAbsent && { IfNoneMatch: '*' }),
    };
    const outgoing = body instanceof Uint8Array ? body : new OutgoingBody(body, signal);
    try {
      const etag = await (outgoing instanceof OutgoingBody
        ? this.#putStream(params, outgoing)
        : this.#putBytes(params, outgoing, signal));
      const sizeBytes = outgoing instanceof OutgoingBody ? outgoing.sizeBytes : outgoing.length;
      return { sizeBytes, etag, contentType };
    } catch (error) {
      signal?.throwIfAborted();
      if (outgoing instanceof OutgoingBody && error === outgoing.failure) throw error; // the source's, not storage's
      if (ifAbsent && isTaken(error)) throw new ObjectExists(`${key} is taken`, { cause: error });
      throw asUnavailable(`storing ${key}`, error);
    }
  }

  async #putBytes(params: PutParams, body: Uint8Array, signal?: AbortSignal): Promise<string> {
    const command = new PutObjectCommand({ ...params, Body: body });
    const { ETag } = await this.#clients.s3Transfers.send(command, signal ? { abortSignal: signal } : {});
    return unquoted(ETag);
  }

  /** What fits into one part is one request; else the condition is checked when the parts are put together. */
  async #putStream(params: PutParams, body: OutgoingBody): Promise<string> {
    const client = this.#clients.s3Transfers;
    const upload = new Upload({
      client,
      params: { ...params, Body: Readable.from(body.pieces(), { objectMode: false }) },
      partSize: partBytes,
      queueSize: 2,
    });
    try {
      const { ETag } = await upload.done();
      return unquoted(ETag);
    } catch (error) {
      // The library aborts when a part fails, but not when putting them together does. Else a lifecycle rule tidies up.
      if (upload.uploadId) {
        const { Bucket, Key } = params;
        const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId: upload.uploadId });
        await client.send(abort).catch(() => {});
      }
      throw error;
    }
  }

  async get(
    bucket: Bucket,
    key: string,
    options: GetOptions = {},
  ): Promise<ObjectInfo & { body: ByteStream }> {
    const { range, ifMatch, signal } = options;
    const command = new GetObjectCommand({
      Bucket: this.#buckets[bucket],
      Key: key,
      ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
    });
    const found = await storageCall(`reading ${key}`, () =>
      this.#clients.s3.send(command, signal ? { abortSignal: signal } : {}),
    ).catch((error: unknown) => {
      if (isMissing(error)) throw new ObjectMissing(`${key} is not there`, { cause: error });
      if (nameOf(error) === 'PreconditionFailed') {
        throw new ObjectChanged(`${key} is another object now`, { cause: error });
      }
      throw error;
    });
    const bodyBytes = found.ContentLength ?? 0;
    const total = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1];
    return {
      sizeBytes: total === undefined ? bodyBytes : Number(total),
      etag: unquoted(found.ETag),
      contentType: found.ContentType ?? 'application/octet-stream',
      body: receivedBytes(found.Body as Readable, bodyBytes, signal),
    };
  }

  async head(bucket: Bucket, key: string): Promise<ObjectInfo | null> {
    const command = new HeadObjectCommand({ Bucket: this.#buckets[bucket], Key: key });
    try {
      const found = await storageCall(`looking for ${key}`, () => this.#clients.s3.send(command));
      return {
        sizeBytes: found.ContentLength ?? 0,
        etag: unquoted(found.ETag),
        contentType: found.ContentType ?? 'application/octet-stream',
      };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async deletePrefix(bucket: Bucket, prefix: string): Promise<void> {
    const Bucket = this.#buckets[bucket];
    await storageCall(`removing ${prefix}*`, async () => {
      // First, so that what is joined meanwhile is among the objects.
      if (bucket === 'audio') await this.multipart.abortUnder(prefix);
      const pages = paginateListObjectsV2({ client: this.#clients.s3 }, { Bucket, Prefix: prefix });
      for await (const page of pages) {
        const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
        if (Objects.length === 0) continue;
        const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
        const { Errors = [] } = await this.#clients.s3.send(command);
        if (Errors.length > 0) {
          throw new StorageUnavailable(`${Errors.length} objects were not removed: ${Errors[0]?.Code}`);
        }
      }
    });
  }

  async presignUpload(key: string, terms: UploadTerms): Promise<PresignedUpload> {
    const sign = terms.method === 'POST' ? presignedForm : presignedPut;
    return sign(this.#clients.s3Signer, { bucket: this.#buckets.audio, key }, terms, this.#clock.now());
  }

  async presignDownload(
    bucket: Bucket,
    key: string,
    terms: { expiresInSeconds: number; fileName: string },
  ): Promise<string> {
    const object = { bucket: this.#buckets[bucket], key };
    return presignedGet(this.#clients.s3Signer, object, terms, this.#clock.now());
  }

  async ping(): Promise<void> {
    const { s3 } = this.#clients;
    const looks = Object.values(this.#buckets).map((Bucket) => s3.send(new HeadBucketCommand({ Bucket })));
    await Promise.all(looks).catch((cause: unknown) => {
      // A bucket that is missing or closed to us is as bad as no answer; HEAD has no words to tell them apart.
      throw new StorageUnavailable('the buckets do not answer', { cause });
    });
  }
}

interface PutParams {
  Bucket: string;
  Key: string;
  ContentType: string;
  IfNoneMatch?: string;
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error));
}

/** There already, or another put of the same key is just winning. */
function isTaken(error: unknown): boolean {
  return ['PreconditionFailed', 'ConditionalRequestConflict'].includes(nameOf(error));
}
