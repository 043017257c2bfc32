import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type Bucket,
  type Clock,
  DomainError,
  type MultipartUpload,
  type PresignedPart,
  type PresignedUpload,
  type UploadTerms,
} from '@verbatim/domain';
import { z } from 'zod';

/** Why the local storage turned a request away: `storage.too_large` and `storage.too_small` are about the body. */
export type RefusalCode =
  | 'storage.forged'
  | 'storage.expired'
  | 'storage.wrong_key'
  | 'storage.wrong_type'
  | 'storage.too_large'
  | 'storage.too_small';

export class StorageRefused extends DomainError {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a valid upload form or address permits: one object, at `key` in `audio`. */
export interface UploadGrant {
  key: string;
  contentType: string;
  minBytes: number;
  maxBytes: number;
}

/** What a valid address of a part permits: this part, of this size. */
export interface PartGrant extends MultipartUpload {
  partNumber: number;
  minBytes: number;
  maxBytes: number;
}

export interface DownloadGrant {
  bucket: Bucket;
  key: string;
  /** The name to save it under: for a Content-Disposition header. */
  fileName: string;
}

/** The signed part of a request, as it arrived: form fields of a POST, query parameters of a PUT or GET. */
export interface SignedPolicy {
  policy: string | undefined;
  signature: string | undefined;
}

const UploadPolicy = z.object({
  method: z.enum(['POST', 'PUT']),
  key: z.string(),
  contentType: z.string(),
  minBytes: z.number(),
  maxBytes: z.number(),
  expiresAt: z.number(),
});
const PartPolicy = z.object({
  key: z.string(),
  uploadId: z.string(),
  partNumber: z.number(),
  sizeBytes: z.number(),
  expiresAt: z.number(),
});
const DownloadPolicy = z.object({
  bucket: z.enum(['audio', 'transcripts']),
  key: z.string(),
  fileName: z.string(),
  expiresAt: z.number(),
});

/**
 * Signs and checks the addresses of the `local` platform's storage, which the api serves under `/storage/`. What is
 * allowed stands in a policy (base64url of JSON) that is signed with a secret of this installation (HMAC-SHA256), so
 * that nothing has to be remembered.
 */
export class StorageLinks {
  readonly #secret: string;
  readonly #publicUrl: string;
  readonly #clock: Clock;

  constructor(secret: string, publicUrl: string, clock: Clock) {
    this.#secret = secret;
    this.#publicUrl = publicUrl;
    this.#clock = clock;
  }

  presignUpload(key: string, terms: UploadTerms): PresignedUpload {
    const { method, contentType, sizeBytes } = terms;
    const expiresAt = this.#clock.now() + terms.expiresInSeconds * 1_000;
    const minBytes = method === 'POST' ? (terms.minSizeBytes ?? 0) : sizeBytes;
    const signed = this.#sign('upload', {
      method,
      key,
      contentType,
      minBytes,
      maxBytes: sizeBytes,
      expiresAt,
    });
    const url = `${this.#publicUrl}/storage/${addressOf(key)}`;
    if (method === 'PUT') {
      const headers = { 'Content-Type': contentType };
      return { method, url: `${url}?${queryOf(signed)}`, headers, expiresAt };
    }
    return { method, url, fields: { key, 'Content-Type': contentType, ...signed }, expiresAt };
  }

  /** The number stands in the address too, as in S3's: so people can tell one part from another. */
  presignPart(
    { key, uploadId }: MultipartUpload,
    terms: { partNumber: number; sizeBytes: number; expiresInSeconds: number },
  ): PresignedPart {
    const { partNumber, sizeBytes } = terms;
    const expiresAt = this.#clock.now() + terms.expiresInSeconds * 1_000;
    const signed = this.#sign('part', { key, uploadId, partNumber, sizeBytes, expiresAt });
    const query = queryOf({ partNumber: String(partNumber), uploadId, ...signed });
    return { url: `${this.#publicUrl}/storage/${addressOf(key)}?${query}`, headers: {}, expiresAt };
  }

  presignDownload(
    bucket: Bucket,
    key: string,
    terms: { expiresInSeconds: number; fileName: string },
  ): string {
    const expiresAt = this.#clock.now() + terms.expiresInSeconds * 1_000;
    const signed = this.#sign('download', { bucket, key, fileName: terms.fileName, expiresAt });
    return `${this.#publicUrl}/storage/${bucket}/${addressOf(key)}?${queryOf(signed)}`;
  }

  /**
   * `key` is the one in the address and `contentType` the form's field or the PUT's header; a form's own `key` field,
   * when it has one, must be the same. @throws StorageRefused
   */
  verifyUpload(
    request: SignedPolicy & {
      method: 'POST' | 'PUT';
      key: string;
      contentType: string | undefined;
      formKey?: string | undefined;
    },
  ): UploadGrant {
    const { method, expiresAt: _, ...grant } = this.#verify('upload', UploadPolicy, request);
    if (method !== request.method) throw new StorageRefused('storage.forged', `signed for ${method} only`);
    if (grant.key !== request.key || grant.key !== (request.formKey ?? grant.key)) {
      throw new StorageRefused('storage.wrong_key', 'signed for another key');
    }
    if (grant.contentType !== request.contentType) {
      throw new StorageRefused('storage.wrong_type', 'signed for another content type');
    }
    return grant;
  }

  /** @throws StorageRefused */
  verifyPart(request: SignedPolicy & { key: string; partNumber: string; uploadId: string }): PartGrant {
    const { key, uploadId, partNumber, sizeBytes } = this.#verify('part', PartPolicy, request);
    const isMeant =
      key === request.key && uploadId === request.uploadId && String(partNumber) === request.partNumber;
    if (!isMeant) throw new StorageRefused('storage.wrong_key', 'signed for another part');
    return { key, uploadId, partNumber, minBytes: sizeBytes, maxBytes: sizeBytes };
  }

  /** @throws StorageRefused */
  verifyDownload(request: SignedPolicy & { bucket: string; key: string }): DownloadGrant {
    const { expiresAt: _, ...grant } = this.#verify('download', DownloadPolicy, request);
    if (grant.bucket !== request.bucket || grant.key !== request.key) {
      throw new StorageRefused('storage.wrong_key', 'signed for another object');
    }
    return grant;
  }

  #sign(purpose: string, content: object): { policy: string; signature: string } {
    const policy = Buffer.from(JSON.stringify(content)).toString('base64url');
    return { policy, signature: this.#signatureOf(purpose, policy) };
  }

  #verify<T extends { expiresAt: number }>(purpose: string, schema: z.ZodType<T>, request: SignedPolicy): T {
    const { policy = '', signature = '' } = request;
    const given = Buffer.from(signature);
    const right = Buffer.from(this.#signatureOf(purpose, policy));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new StorageRefused('storage.forged', 'the signature is not ours');
    }
    const content = schema.parse(JSON.parse(Buffer.from(policy, 'base64url').toString()));
    if (content.expiresAt <= this.#clock.now()) {
      throw new StorageRefused('storage.expired', 'the form or address has expired');
    }
    return content;
  }

  /** The purpose is signed too: a download's policy never passes for an upload's. */
  #signatureOf(purpose: string, policy: string): string {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${policy}`).digest('base64url');
  }
}

/** A key's slashes stay slashes in an address. */
function addressOf(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

function queryOf(signed: Record<string, string>): string {
  return new URLSearchParams(signed).toString();
}
