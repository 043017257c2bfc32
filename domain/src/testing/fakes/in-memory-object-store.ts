import { createHash, randomUUID } from 'node:crypto';
import { ObjectChanged, ObjectExists, ObjectMissing, StorageUnavailable } from '../../errors.ts';
import {
  type Bucket,
  type ByteStream,
  type GetOptions,
  type ObjectInfo,
  ObjectStore,
  type PresignedUpload,
  type PutOptions,
  type UploadTerms,
} from '../../ports/object-store.ts';
import { readAll } from '../bytes.ts';
import { InMemoryMultipartUploads } from './in-memory-multipart-uploads.ts';

interface StoredObject extends ObjectInfo {
  bytes: Uint8Array;
}

/** Presigned addresses look like the real ones and lead nowhere. */
export class InMemoryObjectStore extends ObjectStore {
  /** By `{bucket}/{key}`. */
  readonly objects = new Map<string, StoredObject>();
  /** While true, every method that needs storage throws StorageUnavailable. */
  down = false;
  readonly multipart = new InMemoryMultipartUploads(
    () => this.#answer(),
    (key, body, contentType) => this.put('audio', key, body, { contentType, ifAbsent: true }),
  );

  async put(
    bucket: Bucket,
    key: string,
    body: ByteStream | Uint8Array,
    options: PutOptions,
  ): Promise<ObjectInfo> {
    this.#answer();
    options.signal?.throwIfAborted();
    const bytes = body instanceof Uint8Array ? body.slice() : await collect(body, options.signal);
    const path = `${bucket}/${key}`;
    if (options.ifAbsent && this.objects.has(path)) throw new ObjectExists(`${path} is taken`);
    const etag = createHash('sha256').update(bytes).digest('hex');
    const info = { sizeBytes: bytes.length, etag, contentType: options.contentType };
    this.objects.set(path, { ...info, bytes });
    return info;
  }

  async get(
    bucket: Bucket,
    key: string,
    options: GetOptions = {},
  ): Promise<ObjectInfo & { body: ByteStream }> {
    this.#answer();
    const stored = this.objects.get(`${bucket}/${key}`);
    if (!stored) throw new ObjectMissing(`${bucket}/${key} is not there`);
    const { bytes, ...info } = stored;
    if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
      throw new ObjectChanged(`${bucket}/${key} is another object now`);
    }
    const { start, end } = options.range ?? { start: 0, end: bytes.length - 1 };
    return { ...info, body: inPieces(bytes.subarray(start, end + 1), options.signal) };
  }

  async head(bucket: Bucket, key: string): Promise<ObjectInfo | null> {
    this.#answer();
    const stored = this.objects.get(`${bucket}/${key}`);
    if (!stored) return null;
    const { bytes: _, ...info } = stored;
    return info;
  }

  async deletePrefix(bucket: Bucket, prefix: string): Promise<void> {
    this.#answer();
    if (bucket === 'audio') this.multipart.remove(prefix);
    for (const path of this.objects.keys()) {
      if (path.startsWith(`${bucket}/${prefix}`)) this.objects.delete(path);
    }
  }

  async presignUpload(key: string, terms: UploadTerms): Promise<PresignedUpload> {
    const url = `http://storage.invalid/${key}`;
    const expiresAt = Date.now() + terms.expiresInSeconds * 1_000;
    return terms.method === 'POST'
      ? { method: 'POST', url, fields: { key, 'Content-Type': terms.contentType }, expiresAt }
      : { method: 'PUT', url, headers: { 'Content-Type': terms.contentType }, expiresAt };
  }

  async presignDownload(bucket: Bucket, key: string): Promise<string> {
    return `http://storage.invalid/${bucket}/${key}?signature=${randomUUID()}`;
  }

  async ping(): Promise<void> {
    this.#answer();
  }

  #answer(): void {
    if (this.down) throw new StorageUnavailable('the object store in memory is down');
  }
}

/** Gives up on a signal also while the body keeps it waiting. */
async function collect(body: ByteStream, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([readAll(body), aborted]);
}

async function* inPieces(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const pieceBytes = 64 * 1024;
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    signal?.throwIfAborted();
    yield bytes.subarray(start, start + pieceBytes);
  }
}
