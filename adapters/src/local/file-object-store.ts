import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Bucket,
  type ByteStream,
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
import { roomOn } from '../disk-room.ts';
import { makeFolder, removeEmptyFolders, syncFolder } from './durable-files.ts';
import { FileMultipartUploads, type PartStore } from './file-multipart-uploads.ts';
import { leftoverFiles } from './leftover-files.ts';
import type { LocalDatabase } from './local-database.ts';
import { type LocalBucket, type ObjectRow, SqliteObjects } from './sqlite-objects.ts';
import { asUnavailable } from './storage-faults.ts';
import type { StorageLinks } from './storage-links.ts';
import { writeWholeFile } from './write-whole-file.ts';

const unfinishedFolder = 'unfinished';

/**
 * Files under a folder, and a row for each object. The row alone says that an object exists. It is written when all
 * bytes are on the disk, and every put writes a file of its own: a crash leaves at most a file without a row, which a
 * later start sweeps up, and whoever reads an object that is replaced or removed reads it to its end.
 */
export class FileObjectStore extends ObjectStore {
  /** Signs this store's addresses, and checks them for the api, which serves them. */
  readonly links: StorageLinks;
  readonly multipart: FileMultipartUploads;
  readonly #folder: string;
  readonly #objects: SqliteObjects;

  constructor(folder: string, db: LocalDatabase, links: StorageLinks) {
    super();
    this.links = links;
    this.#folder = folder;
    this.#objects = new SqliteObjects(db);
    this.multipart = new FileMultipartUploads(this.#parts(), links);
  }

  async put(
    bucket: LocalBucket,
    key: string,
    body: ByteStream | Uint8Array,
    options: PutOptions,
  ): Promise<ObjectInfo> {
    assertKey(key);
    return this.#answer(async () => {
      options.signal?.throwIfAborted();
      const { ifAbsent = false } = options;
      const taken = () => new ObjectExists(`${bucket}/${key} is taken`);
      // The row decides in the end; this only spares the client an upload for nothing.
      if (ifAbsent && this.#objects.find(bucket, key)) throw taken();
      if (bucket !== 'transcripts') await this.#assertRoom();

      const written = await this.#write(`${bucket}/${key}~${randomUUID()}`, body, options.signal);
      const row = { ...written, contentType: options.contentType };
      try {
        if (!this.#objects.save(bucket, key, row, { ifAbsent })) throw taken();
      } catch (error) {
        await this.#removeFile(row.path);
        throw error;
      }
      // What it replaced is noted as doomed; whoever removes doomed files next would get it too.
      await this.#removeDoomedFiles().catch(() => {});
      return infoOf(row);
    });
  }

  async get(
    bucket: LocalBucket,
    key: string,
    { ifMatch, range, signal }: GetOptions = {},
  ): Promise<ObjectInfo & { body: ByteStream }> {
    return this.#answer(async () => {
      signal?.throwIfAborted();
      const { row, file } = await this.#open(bucket, key);
      if (ifMatch !== undefined && ifMatch !== row.etag) {
        await file.close();
        throw new ObjectChanged(`${bucket}/${key} is another object now`);
      }
      const body = file.createReadStream({ ...range, ...(signal ? { signal } : {}) });
      // Whoever reads is told. Where nobody has begun to, a signal that aborts must not end the process.
      body.on('error', () => {});
      return { ...infoOf(row), body };
    });
  }

  async head(bucket: Bucket, key: string): Promise<ObjectInfo | null> {
    return this.#answer(async () => {
      const row = this.#objects.find(bucket, key);
      return row && infoOf(row);
    });
  }

  async deletePrefix(bucket: LocalBucket, prefix: string): Promise<void> {
    await this.#answer(async () => {
      if (bucket === 'audio') this.#objects.removePrefix('parts', prefix);
      this.#objects.removePrefix(bucket, prefix);
      await this.#removeDoomedFiles();
    });
  }

  async presignUpload(key: string, terms: UploadTerms): Promise<PresignedUpload> {
    assertKey(key);
    return this.links.presignUpload(key, terms);
  }

  async presignDownload(
    bucket: Bucket,
    key: string,
    terms: { expiresInSeconds: number; fileName: string },
  ): Promise<string> {
    return this.links.presignDownload(bucket, key, terms);
  }

  async ping(): Promise<void> {
    try {
      this.#objects.find('audio', '');
      await access(this.#folder, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw new StorageUnavailable('the folder of the objects does not answer', { cause: error });
    }
  }

  /** Removes what crashes left. Puts that are under way in other programs are younger than `olderThanMs`. */
  async sweep(olderThanMs: number, signal?: AbortSignal): Promise<void> {
    await this.#answer(async () => {
      await this.#removeDoomedFiles();
      for await (const path of leftoverFiles(this.#folder, Date.now() - olderThanMs)) {
        if (signal?.aborted) return;
        if (!this.#objects.hasPath(path)) await this.#removeFile(path);
      }
    });
  }

  #parts(): PartStore {
    return {
      head: (key) => this.#objects.find('parts', key),
      list: (prefix) => this.#objects.list('parts', prefix).map(({ key, ...row }) => ({ key, info: row })),
      put: (key, body, contentType) => this.put('parts', key, body, { contentType }),
      get: (key, options) => this.get('parts', key, options),
      remove: (prefix) => this.deletePrefix('parts', prefix),
      putWhole: (key, body, contentType) => this.put('audio', key, body, { contentType, ifAbsent: true }),
    };
  }

  /** What is left of a disk is for the table and for the jobs that are there: they end, and can be deleted. */
  async #assertRoom(): Promise<void> {
    await makeFolder(this.#folder);
    if ((await roomOn(this.#folder)).state !== 'full') return;
    throw new StorageUnavailable('the disk has no room for another recording');
  }

  /** All of the body in a file of its own, under its final name and on the disk, or nothing. */
  async #write(
    path: string,
    body: ByteStream | Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<{ path: string; sizeBytes: number; etag: string }> {
    const unfinished = join(this.#folder, unfinishedFolder, randomUUID());
    try {
      await makeFolder(dirname(unfinished));
      const measured = await writeWholeFile(unfinished, body, signal);
      await this.#moveTo(path, unfinished);
      return { path, ...measured };
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async #moveTo(path: string, unfinished: string): Promise<void> {
    const target = join(this.#folder, path);
    for (let tries = 1; ; tries++) {
      try {
        await makeFolder(dirname(target));
        await rename(unfinished, target);
        return await syncFolder(dirname(target));
      } catch (error) {
        // Somebody removed the folder because it was empty.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 5) throw error;
      }
    }
  }

  async #open(bucket: LocalBucket, key: string): Promise<{ row: ObjectRow; file: FileHandle }> {
    for (let path: string | undefined; ; ) {
      const row = this.#objects.find(bucket, key);
      if (!row) throw new ObjectMissing(`${bucket}/${key} is not there`);
      try {
        return { row, file: await open(join(this.#folder, row.path), 'r') };
      } catch (error) {
        // Replaced since we read the row: read it again. The same row without its file is a fault of the disk.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        if (row.path === path) {
          throw new StorageUnavailable(`the file of ${bucket}/${key} is gone`, { cause: error });
        }
        path = row.path;
      }
    }
  }

  async #removeDoomedFiles(): Promise<void> {
    const paths = this.#objects.doomedFiles();
    for (const path of paths) await this.#removeFile(path);
    this.#objects.forget(paths);
  }

  async #removeFile(path: string): Promise<void> {
    const target = join(this.#folder, path);
    await rm(target, { force: true });
    // Every put begins in this folder, so it stays when it is empty.
    if (dirname(path) === unfinishedFolder) return;
    await removeEmptyFolders(dirname(target), this.#folder);
  }

  async #answer<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asUnavailable(StorageUnavailable, 'the object store', error);
    }
  }
}

function infoOf({ sizeBytes, etag, contentType }: ObjectInfo): ObjectInfo {
  return { sizeBytes, etag, contentType };
}

/** Keys become paths. They are our own, made of ids; whatever could lead out of the folder is a mistake of ours. */
function assertKey(key: string): void {
  const parts = key.split('/');
  const isPlain = parts.every((part) => /^[A-Za-z0-9_.-]{1,200}$/.test(part) && !/^\.+$/.test(part));
  if (!isPlain || key.length > 1_024) throw new RangeError(`not a key for an object: ${JSON.stringify(key)}`);
}
