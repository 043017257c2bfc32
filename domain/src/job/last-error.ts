import { z } from 'zod';
import { DomainError } from '../errors.ts';

/** The last thing that went wrong in a job's work, for operators. Its user reads the sentence of the code. */
export const LastError = z.object({
  code: z.string(),
  /** From `describeError`; null: nothing was thrown, the job was given up by its record alone. */
  detail: z.string().nullable(),
  at: z.number().int(),
});
export type LastError = z.infer<typeof LastError>;

const longest = 300;
const mostCauses = 4;

/**
 * An error and its causes in one line of 300 characters at most. Only what we threw ourselves keeps its message: the
 * messages of others quote what they choked on, and that may be what people said, a signed address or a secret.
 */
export function describeError(error: unknown): string {
  const line = causesOf(error).map(describeOne).join('; because of ');
  const clean = line.replace(/\p{Cc}+/gu, ' ').replace(/\b[a-z]+:\/\/\S+|\S+@\S+/giu, '[address]');
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1)}…`;
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let next = error; next !== undefined && causes.length < mostCauses; ) {
    causes.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return causes;
}

function describeOne(error: unknown): string {
  if (error instanceof DomainError) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Some libraries put half a sentence there, too.
  return [error.name, code].filter((word) => /^[\w.-]{1,60}$/.test(word)).join(' ') || 'an error';
}
