import type { Request } from 'express';

/** RFC 9112, section 6.3: a request without these two has none. */
export function announcesBody({ headers }: Request): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}
