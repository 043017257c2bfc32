import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { EpochMs, PresignedUpload, UploadTerms } from '@verbatim/domain';

/** Addresses that let a browser talk to S3. Local computation: S3 checks signature, dates and conditions when they are used. */

interface ObjectAddress {
  bucket: string;
  key: string;
}

export async function presignedForm(
  client: S3Client,
  { bucket, key }: ObjectAddress,
  terms: UploadTerms,
  now: EpochMs,
): Promise<PresignedUpload> {
  // The form takes its date from the client's idea of the servers' time, and this client never hears from them.
  client.config.systemClockOffset = now - Date.now();
  const { url, fields } = await createPresignedPost(client, {
    Bucket: bucket,
    Key: key,
    // A field is also a condition: the type has to be exactly this one.
    Fields: { 'Content-Type': terms.contentType },
    Conditions: [['content-length-range', terms.minSizeBytes ?? 0, terms.sizeBytes]],
    Expires: terms.expiresInSeconds,
  });
  return { method: 'POST', url, fields, expiresAt: now + terms.expiresInSeconds * 1_000 };
}

export async function presignedPut(
  client: S3Client,
  { bucket, key }: ObjectAddress,
  terms: UploadTerms,
  now: EpochMs,
): Promise<PresignedUpload> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    ContentType: terms.contentType,
    ContentLength: terms.sizeBytes,
    IfNoneMatch: '*',
  });
  const signed = new Set(['host', 'content-type', 'content-length', 'if-none-match']);
  const url = await getSignedUrl(client, command, {
    expiresIn: terms.expiresInSeconds,
    signingDate: new Date(now),
    signableHeaders: signed,
    unhoistableHeaders: signed,
  });
  return {
    method: 'PUT',
    url,
    // Content-Length is signed too; every client sends it by itself, and browsers let nobody set it.
    headers: { 'Content-Type': terms.contentType, 'If-None-Match': '*' },
    expiresAt: now + terms.expiresInSeconds * 1_000,
  };
}

export function presignedGet(
  client: S3Client,
  { bucket, key }: ObjectAddress,
  terms: { expiresInSeconds: number; fileName: string },
  now: EpochMs,
): Promise<string> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ResponseContentDisposition: savedAs(terms.fileName),
  });
  return getSignedUrl(client, command, { expiresIn: terms.expiresInSeconds, signingDate: new Date(now) });
}

/** Content-Disposition as RFC 6266 wants it: a plain name for old readers, the true one percent-encoded. */
function savedAs(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
