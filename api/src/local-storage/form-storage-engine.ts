import { type FileObjectStore, receiveUpload } from '@verbatim/adapters';
import type { Request } from 'express';
import { type IncomingPart, StreamingEngine } from '../http/streaming-engine.ts';
import { keyOfPath, text } from './signed-request.ts';

/** A file that came in a form, stored at the key that the form was signed for. */
export interface StoredForm {
  key: string;
  etag: string;
}

/** Stores what the fields before the file permit, and nothing else. */
export class FormStorageEngine extends StreamingEngine<StoredForm> {
  private readonly objects: FileObjectStore;

  constructor(objects: FileObjectStore) {
    super();
    this.objects = objects;
  }

  protected async store(request: Request, part: IncomingPart): Promise<StoredForm> {
    const fields: Record<string, unknown> = request.body ?? {};
    const grant = this.objects.links.verifyUpload({
      method: 'POST',
      key: keyOfPath(request.params['key']),
      formKey: text(fields['key']),
      contentType: text(fields['Content-Type']),
      policy: text(fields['policy']),
      signature: text(fields['signature']),
    });
    const { etag } = await receiveUpload(this.objects, grant, part.body);
    return { key: grant.key, etag };
  }

  /** As on S3: half a form was no upload. */
  protected discard({ key }: StoredForm): Promise<void> {
    return this.objects.deletePrefix('audio', key);
  }
}
