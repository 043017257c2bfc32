import type { ByteStream, ObjectInfo, ObjectStore } from '@verbatim/domain';
import { StorageRefused, type UploadGrant } from './storage-links.ts';

/**
 * Stores an upload that its signature permits, straight from the request. It stops reading the moment the body turns
 * out too large, and then nothing is stored.
 * @throws StorageRefused; ObjectExists, since a form works once; StorageUnavailable
 */
export function receiveUpload(
  objects: ObjectStore,
  grant: UploadGrant,
  body: ByteStream,
  signal?: AbortSignal,
): Promise<ObjectInfo> {
  return objects.put('audio', grant.key, within(grant, body), {
    contentType: grant.contentType,
    ifAbsent: true,
    ...(signal ? { signal } : {}),
  });
}

/** @throws StorageRefused storage.too_large | storage.too_small */
export async function* within(
  grant: Pick<UploadGrant, 'minBytes' | 'maxBytes'>,
  body: ByteStream,
): ByteStream {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > grant.maxBytes) {
      throw new StorageRefused('storage.too_large', `more than the ${grant.maxBytes} bytes announced`);
    }
    yield piece;
  }
  if (bytes < grant.minBytes) {
    throw new StorageRefused(
      'storage.too_small',
      `${bytes} bytes are fewer than the ${grant.minBytes} announced`,
    );
  }
}
