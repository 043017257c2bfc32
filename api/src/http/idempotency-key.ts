import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblems } from '../docs/responses.ts';
import { Refused } from '../refused.ts';

const longestKey = 255;

/**
 * The key that makes a request safe to send again (draft-ietf-httpapi-idempotency-key-header-07), or null. The draft's
 * quoted string and, since most clients send that, the bare text; both name the same key. @throws Refused idempotency.bad_key
 */
export function idempotencyKeyOf(request: Request): string | null {
  const sent = request.get('idempotency-key');
  if (sent === undefined) return null;
  const key = sent.startsWith('"') ? unquoted(sent) : sent;
  // Two such headers arrive as one with a comma and a space.
  if (key === null || key.length > longestKey || !/^[\x21-\x7e]+$/.test(key)) {
    throw new Refused('idempotency.bad_key');
  }
  return key;
}

/** An sf-string (RFC 9651, section 3.3.3). */
function unquoted(text: string): string | null {
  const [, inner] = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text) ?? [];
  return inner?.replace(/\\(["\\])/g, '$1') ?? null;
}

/** For the OpenAPI document: a route whose requests may be sent again under a key. */
export function Idempotent(sameRequest: string) {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      schema: { type: 'string', maxLength: longestKey },
      description: `Makes it safe to send the request again when its answer was lost: of all requests with this key in 24 hours one makes a job, and the others are answered with the same job. ${sameRequest} Another request under the same key: 422. A UUID is a good key.`,
    }),
    ApiProblems(409, 422),
  );
}
