import { createHash } from 'node:crypto';
import type { EpochMs } from '@verbatim/domain';
import type { Request } from 'express';
import { Refused } from '../refused.ts';
import { type ApiKey, keyOf } from './api-keys.ts';
import { anonymousCaller, type Caller } from './caller.ts';
import { isOfOurPage, readSession, sessionCookieOf } from './session-cookie.ts';

/** What is needed to know somebody. */
export interface Door {
  keys: readonly ApiKey[];
  publicUrl: string;
  /** Signs sessions. */
  secret: string;
  now: EpochMs;
}

/**
 * Whose request this is. With keys: the user of the key, shown in a header or, by the page, as a session. Without: everybody
 * is the one anonymous user, and since any page in the user's browser can reach 127.0.0.1, only requests to our own
 * addresses and from our own pages count.
 */
export function identify(request: Request, door: Door): Caller | Refused {
  if (door.keys.length === 0) {
    return isForeign(request, new URL(door.publicUrl))
      ? new Refused('request.foreign_host')
      : anonymousCaller;
  }
  const key = presentedKey(request);
  if (key !== null) return keyOf(key, door.keys)?.caller ?? new Refused('auth.wrong_key');
  return callerOfSession(request, door) ?? new Refused('auth.required');
}

function callerOfSession(request: Request, { keys, publicUrl, secret, now }: Door): Caller | null {
  const cookie = sessionCookieOf(request, publicUrl);
  if (cookie === null || !isOfOurPage(request)) return null;
  return readSession(cookie, keys, secret, now)?.caller ?? null;
}

function presentedKey(request: Request): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  return bearer ?? request.get('x-api-key') ?? null;
}

const ownNames = ['localhost', '127.0.0.1', '[::1]'];

/** Another Host is a name rebound to our address (DNS rebinding); another Origin is a foreign page (CSRF). */
function isForeign(request: Request, publicUrl: URL): boolean {
  const host = (request.get('host') ?? '').toLowerCase();
  if (![publicUrl.hostname, ...ownNames].includes(host.replace(/:\d+$/, ''))) return true;

  const origin = request.get('origin');
  if (origin === undefined || origin === publicUrl.origin) return false;
  return URL.parse(origin)?.host !== host;
}

/** Under which name requests are counted: the user's, or the address of whoever is not known. */
export function countedAs(caller: Caller | null, request: Request): string {
  if (caller?.keyName) return `rate:user:${caller.userId}`;
  // An address says who somebody is, so it is not stored as it is.
  return `rate:address:${createHash('sha256')
    .update(request.ip ?? '')
    .digest('base64url')
    .slice(0, 22)}`;
}
