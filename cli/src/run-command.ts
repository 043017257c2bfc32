import { CommanderError } from 'commander';
import { CommandFailed, type ExitCode, exitCodes, sentenceOf } from './command-failed.ts';
import { commandLine } from './command-line.ts';
import type { Surroundings } from './surroundings.ts';

/** One command from its arguments to its exit code. Whatever happens, people read sentences and never a stack. */
export async function runCommand(args: string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    await commandLine(surroundings).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has said it all: help, or what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (surroundings.stop.aborted) return exitCodes.interrupted;
    const sentence = sentenceOf(error);
    if (sentence) surroundings.stderr.write(`verbatim: ${sentence}\n`);
    return error instanceof CommandFailed ? error.exitCode : exitCodes.failed;
  }
}
