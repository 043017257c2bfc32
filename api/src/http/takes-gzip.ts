import type { Request } from 'express';

export function takesGzip(request: Request): boolean {
  return request.acceptsEncodings('gzip') === 'gzip';
}
