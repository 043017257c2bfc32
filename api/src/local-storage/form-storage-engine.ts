import { receiveUpload, type StorageLinks } from '@verbatim/adapters';
import type { ObjectStore } from '@verbatim/domain';
import type { Request } from 'express';
import type multer from 'multer';
import { bytesOf } from '../http/stream-of.ts';
import { keyOfPath, text } from './signed-request.ts';

/** A file that came in a form, stored at the key that the form was signed for. */
export interface StoredForm extends Express.Multer.File {
  key: string;
  etag: string;
}

/** A multer engine that stores what the fields before the file permit, and nothing else. */
export class FormStorageEngine implements multer.StorageEngine {
  private readonly links: StorageLinks;
  private readonly objects: ObjectStore;

  constructor(links: StorageLinks, objects: ObjectStore) {
    this.links = links;
    this.objects = objects;
  }

  _handleFile(
    request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: object) => void,
  ): void {
    this.store(request, file).then(
      (info) => done(null, info),
      (error) => {
        // What still comes of a refused file has to go somewhere, or the client waits for ever to send it.
        file.stream.resume();
        done(error);
      },
    );
  }

  /** The form broke off after its file: as on S3, then there was no upload. */
  _removeFile(_request: Request, file: StoredForm, done: (error: Error | null) => void): void {
    this.objects.deletePrefix('audio', file.key).then(() => done(null), done);
  }

  private async store(request: Request, file: Express.Multer.File) {
    const fields: Record<string, unknown> = request.body ?? {};
    const grant = this.links.verifyUpload({
      method: 'POST',
      key: keyOfPath(request.params['key']),
      formKey: text(fields['key']),
      contentType: text(fields['Content-Type']),
      policy: text(fields['policy']),
      signature: text(fields['signature']),
    });
    const { etag, sizeBytes } = await receiveUpload(this.objects, grant, bytesOf(file.stream));
    return { key: grant.key, etag, size: sizeBytes };
  }
}
