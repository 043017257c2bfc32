import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RequestHandler } from 'express';
import { takesGzip } from '../http/takes-gzip.ts';

const compress = promisify(gzip);

/**
 * The scripts and styles of a folder, compressed for whoever takes that: a quarter of the bytes. Each is compressed once
 * and kept, so the folder has to stay as it is; whatever else is asked for is left to those that follow.
 */
export function compressedFiles(folder: string, headers: Record<string, string>): RequestHandler {
  const names = new Set(readdirSync(folder).filter((name) => /\.(js|css)$/.test(name)));
  const kept = new Map<string, Promise<Buffer>>();
  const compressed = (name: string): Promise<Buffer> => {
    const known = kept.get(name);
    if (known) return known;
    const made = readFile(join(folder, name)).then((bytes) => compress(bytes, { level: 9 }));
    kept.set(name, made);
    made.catch(() => kept.delete(name));
    return made;
  };
  return async (request, response, next) => {
    const name = request.path.slice(1);
    const isAsked = request.method === 'GET' || request.method === 'HEAD';
    if (!isAsked || !names.has(name)) return next();
    response.vary('Accept-Encoding');
    if (request.headers.range !== undefined || !takesGzip(request)) return next();
    const bytes = await compressed(name);
    response
      .set({ ...headers, 'Content-Encoding': 'gzip' })
      .type(name)
      .send(bytes);
  };
}
