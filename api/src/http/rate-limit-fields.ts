import type { Response } from 'express';

/** One limit, and where its user stands. */
export interface LimitState {
  /** The limit's name, for programs. */
  policy: string;
  quota: number;
  /** Of a limit that starts again after a time. */
  windowSeconds?: number;
  remaining: number;
  /** When there may be more, counted from now. */
  resetSeconds: number;
}

/** Adds a limit to the answer: draft-ietf-httpapi-ratelimit-headers-10, both fields, lists of RFC 9651 items. */
export function tellLimit(response: Response, limit: LimitState): void {
  const window = limit.windowSeconds === undefined ? '' : `;w=${limit.windowSeconds}`;
  response.append('RateLimit-Policy', `"${limit.policy}";q=${limit.quota}${window}`);
  response.append('RateLimit', `"${limit.policy}";r=${limit.remaining};t=${limit.resetSeconds}`);
}
