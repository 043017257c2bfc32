import type { OnApplicationShutdown } from '@nestjs/common';
import { isLanguageCode, type JobRecord } from '@verbatim/domain';
import type { Request } from 'express';
import type multer from 'multer';
import type { Caller } from '../auth/caller.ts';
import { bytesOf } from '../http/stream-of.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { discardUpload, storeUpload } from '../jobs/stream-upload.ts';
import { Refused } from '../refused.ts';

/** What multer hands to the route: the file, stored, and the job that waits for it. */
export interface StoredFile extends Express.Multer.File {
  job: JobRecord;
}

type Received = Request & { caller: Caller };

/** A multer engine that keeps nothing: each file becomes a job, and its bytes go on to storage as they come. */
export class JobStorageEngine implements multer.StorageEngine, OnApplicationShutdown {
  private readonly ports: JobPorts;
  private readonly running = new Set<Promise<unknown>>();

  constructor(ports: JobPorts) {
    this.ports = ports;
  }

  _handleFile(
    request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: object) => void,
  ): void {
    const stored = this.store(request as Received, file);
    this.running.add(stored);
    stored
      .finally(() => this.running.delete(stored))
      .then(
        (job) => done(null, { job }),
        (error) => done(error),
      );
  }

  /** Uploads that the end of the program cut off are taken back before the platform closes. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  /** The request broke off after its file was complete. */
  _removeFile(_request: Request, file: StoredFile, done: (error: Error | null) => void): void {
    discardUpload(file.job, this.ports).then(() => done(null), done);
  }

  private async store(request: Received, file: Express.Multer.File): Promise<JobRecord> {
    const incoming = {
      fileName: file.originalname,
      contentType: file.mimetype,
      language: languageOf(request),
      body: bytesOf(file.stream),
    };
    try {
      return await storeUpload(incoming, request.caller, this.ports);
    } catch (error) {
      // What still comes of a refused file has to go somewhere, or the client waits for ever to send it.
      file.stream.resume();
      throw error;
    }
  }
}

/** A query, or a form field before the file. */
function languageOf(request: Request): string | null {
  const language: unknown = request.query['language'] ?? request.body?.language ?? null;
  if (language === null || language === '') return null;
  if (typeof language === 'string' && isLanguageCode(language)) return language;
  throw new Refused('request.invalid', {
    errors: [{ field: 'language', message: "language must be one of Whisper's codes, like en or es" }],
  });
}
