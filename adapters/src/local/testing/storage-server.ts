import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { DomainError, ObjectExists, ObjectMissing } from '@verbatim/domain';
import type { FileObjectStore } from '../file-object-store.ts';
import { receiveUpload } from '../receive-upload.ts';
import { StorageRefused } from '../storage-links.ts';

/** For tests: serves a store's presigned addresses with the least HTTP there can be. The api does it for real. */
export async function startStorageServer(): Promise<{
  url: string;
  serve(store: FileObjectStore): void;
  close(): Promise<void>;
}> {
  let store: FileObjectStore | undefined;
  const server = createServer((request, response) => {
    if (store) answer(store, request, response).catch((error) => refuse(error, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (served) => {
      store = served;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(
  store: FileObjectStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://storage');
  const key = decodeURIComponent(url.pathname).replace('/storage/', '');
  const signed = {
    policy: url.searchParams.get('policy') ?? undefined,
    signature: url.searchParams.get('signature') ?? undefined,
  };
  if (request.method === 'GET') return download(store, { key, ...signed }, response);
  const partNumber = url.searchParams.get('partNumber');
  if (request.method === 'PUT' && partNumber !== null) {
    const uploadId = url.searchParams.get('uploadId') ?? '';
    await store.multipart.receive(store.links.verifyPart({ key, partNumber, uploadId, ...signed }), request);
    response.writeHead(200).end();
    return;
  }
  if (request.method === 'PUT') {
    const contentType = request.headers['content-type'];
    const grant = store.links.verifyUpload({ method: 'PUT', key, contentType, ...signed });
    await receiveUpload(store, grant, request);
  } else {
    await receiveForm(store, key, request);
  }
  response.writeHead(204).end();
}

async function receiveForm(store: FileObjectStore, key: string, request: IncomingMessage): Promise<void> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(Readable.toWeb(request) as ReadableStream, { headers }).formData();
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const grant = store.links.verifyUpload({
    method: 'POST',
    key,
    formKey: field('key'),
    contentType: field('Content-Type'),
    policy: field('policy'),
    signature: field('signature'),
  });
  await receiveUpload(store, grant, (form.get('file') as File).stream());
}

async function download(
  store: FileObjectStore,
  request: { key: string; policy: string | undefined; signature: string | undefined },
  response: ServerResponse,
): Promise<void> {
  const [bucket = '', ...parts] = request.key.split('/');
  const grant = store.links.verifyDownload({ ...request, bucket, key: parts.join('/') });
  const { body, contentType, sizeBytes } = await store.get(grant.bucket, grant.key);
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': sizeBytes,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(grant.fileName)}`,
  });
  Readable.from(body).pipe(response);
}

function refuse(error: unknown, response: ServerResponse): void {
  const status =
    error instanceof StorageRefused
      ? 403
      : error instanceof ObjectExists
        ? 409
        : error instanceof ObjectMissing
          ? 404
          : 500;
  // The rest of a body that nobody wants is not read.
  response
    .writeHead(status, { connection: 'close' })
    .end(error instanceof DomainError ? error.code : 'error');
}
