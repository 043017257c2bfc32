import { BadSettings } from '@verbatim/adapters';

/** A start that can't go on for a reason that the person at the terminal can mend; its message is all they see. */
export class StartFailed extends Error {}

export function failStart(error: unknown): void {
  console.error(error instanceof StartFailed || error instanceof BadSettings ? error.message : error);
  process.exitCode = 1;
}
