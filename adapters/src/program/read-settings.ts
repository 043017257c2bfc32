import { z } from 'zod';

/** What a program's environment must be like; thrown with every problem at once, so that one look mends them all. */
export class BadSettings extends Error {
  constructor(problems: string[]) {
    super(`The settings don't fit:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'BadSettings';
  }
}

/** Reads the settings that `schema` asks for; an empty variable counts as not set. @throws BadSettings */
export function readSettings<T extends z.ZodType>(
  schema: T,
  env: Record<string, string | undefined>,
): z.output<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new BadSettings(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
