import { createHash, timingSafeEqual } from 'node:crypto';
import { isMailAddress, userIdPattern } from '@verbatim/domain';
import type { Caller } from './caller.ts';

export interface ApiKey {
  caller: Caller;
  /** SHA-256. The key itself is forgotten after the start. */
  hash: Buffer;
}

/**
 * `API_KEYS`: `name:key:user[:email[:operator]]`, with commas between. Every problem is listed; none repeats a key, since
 * problems are printed.
 */
export function parseApiKeys(list: string): { keys: ApiKey[]; problems: string[] } {
  const entries = list.split(',').map((entry) => entry.trim());
  const parsed = entries.map((entry, index) => parseEntry(entry, `entry ${index + 1}`));
  const keys = parsed.flatMap(({ key }) => (key ? [key] : []));
  const problems = parsed.flatMap((entry) => entry.problems);
  const names = keys.map((key) => key.caller.keyName);
  const hashes = keys.map((key) => key.hash.toString('hex'));
  if (new Set(names).size < names.length) problems.push('two entries have the same name');
  if (new Set(hashes).size < hashes.length) problems.push('two entries have the same key');
  return { keys, problems };
}

function parseEntry(entry: string, label: string): { key: ApiKey | null; problems: string[] } {
  const [name = '', key = '', userId = '', email = '', role = '', ...rest] = entry.split(':');
  const problems: string[] = [];
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
    problems.push(`${label}: the name has to be 1 to 64 letters, digits, dots, dashes or underscores`);
  }
  if (!/^[\x21-\x7e]{32,}$/.test(key)) {
    problems.push(`${label}: the key has to be 32 or more characters without spaces`);
  }
  if (!userIdPattern.test(userId)) {
    problems.push(
      `${label}: the user has to be lower case letters, digits, dashes or underscores (64 at most)`,
    );
  }
  if (email !== '' && !isMailAddress(email))
    problems.push(`${label}: the e-mail address does not look like one`);
  if (role !== '' && role !== 'operator') problems.push(`${label}: the fifth part can only be "operator"`);
  if (rest.length > 0) problems.push(`${label}: has more than name:key:user:email:operator`);
  if (problems.length > 0) return { key: null, problems };
  const caller = { userId, email: email || null, operator: role === 'operator', keyName: name };
  return { key: { caller, hash: hashOf(key) }, problems };
}

/** Which key this is, or null. Every stored hash is compared in full, so the time taken tells nothing about any of them. */
export function keyOf(presented: string, keys: readonly ApiKey[]): ApiKey | null {
  const hash = hashOf(presented);
  let found: ApiKey | null = null;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
