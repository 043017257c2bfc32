/** What the command ends with; scripts rely on these. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command, or one file of it, with a sentence for people; an empty one where all has been said. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, options: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** The command was typed in a way that can't be meant. */
export class WrongUsage extends CommandFailed {
  constructor(message: string) {
    super(message, { exitCode: exitCodes.usage });
  }
}

/** Anything that can be thrown, as one sentence. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
