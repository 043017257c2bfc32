import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '@verbatim/domain';
import { parseCookie } from 'cookie';
import type { Request } from 'express';
import type { ApiKey } from './api-keys.ts';
import type { Caller } from './caller.ts';

/** How long somebody stays signed in who does not come back; whoever comes is given a fresh one. */
export const sessionMs = 30 * 24 * 60 * 60_000;
const renewedAfterMs = 24 * 60 * 60_000;

/**
 * A session of the page, whole in its cookie: which key, until when, and an HMAC-SHA256 over both and the key's own hash.
 * So nothing is stored, and a key that is taken away ends its sessions.
 */
export function signSession(key: ApiKey, expiresAt: EpochMs, secret: string): string {
  const name = Buffer.from(key.caller.keyName ?? '').toString('base64url');
  return `${name}.${expiresAt}.${signatureOf(key, expiresAt, secret)}`;
}

/** Whose session this is; `renew`: old enough to be given a fresh cookie. Null: none of ours, or over. */
export function readSession(
  token: string,
  keys: readonly ApiKey[],
  secret: string,
  now: EpochMs,
): { key: ApiKey; caller: Caller; renew: boolean } | null {
  const [, name, expires, signature] = /^([\w-]{1,100})\.(\d{1,15})\.([\w-]{43})$/.exec(token) ?? [];
  if (!name || !expires || !signature) return null;
  const keyName = Buffer.from(name, 'base64url').toString();
  const key = keys.find(({ caller }) => caller.keyName === keyName);
  if (!key || now >= Number(expires)) return null;
  const expected = signatureOf(key, Number(expires), secret);
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
  return { key, caller: key.caller, renew: Number(expires) - now < sessionMs - renewedAfterMs };
}

/** With TLS the name itself keeps other hosts and paths from setting it (RFC 6265bis, cookie name prefixes). */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-verbatim' : 'verbatim';
}

export function sessionCookieOf(request: Request, publicUrl: string): string | null {
  return parseCookie(request.get('cookie') ?? '')[sessionCookieName(publicUrl)] ?? null;
}

/**
 * A cookie comes along whoever made the request, so what changes anything also has to carry a header that a foreign page
 * can't send without being asked about first (CORS), and is refused then.
 */
export function isOfOurPage(request: Request): boolean {
  return ['GET', 'HEAD'].includes(request.method) || request.get('x-verbatim-page') !== undefined;
}

function signatureOf(key: ApiKey, expiresAt: EpochMs, secret: string): string {
  const claim = `session:${key.caller.keyName}:${expiresAt}:${key.hash.toString('hex')}`;
  return createHmac('sha256', secret).update(claim).digest('base64url');
}
