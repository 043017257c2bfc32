import type { JobRecord } from '@verbatim/domain';
import type { Request } from 'express';
import type { Caller } from '../auth/caller.ts';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import { type IncomingPart, StreamingEngine } from '../http/streaming-engine.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { discardUpload, storeUpload } from '../jobs/stream-upload.ts';
import { optionsOfUpload } from '../jobs/transcription-request.ts';

/** A file that is stored, and the job that waits for it. */
export interface StoredFile {
  job: JobRecord;
  /** The client will send it again. */
  repeatable: boolean;
}

/** Each file becomes a job. */
export class JobStorageEngine extends StreamingEngine<StoredFile> {
  private readonly ports: JobPorts;

  constructor(ports: JobPorts) {
    super();
    this.ports = ports;
  }

  protected async store(request: Request & { caller: Caller }, part: IncomingPart): Promise<StoredFile> {
    const idempotencyKey = idempotencyKeyOf(request);
    const file = {
      fileName: part.originalname,
      contentType: part.mimetype,
      options: optionsOfUpload(request),
      idempotencyKey,
      body: part.body,
    };
    return { job: await storeUpload(file, request.caller, this.ports), repeatable: idempotencyKey !== null };
  }

  protected async discard({ job, repeatable }: StoredFile): Promise<void> {
    if (!repeatable) await discardUpload(job, this.ports);
  }
}
