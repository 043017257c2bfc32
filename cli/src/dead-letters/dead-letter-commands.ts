import type { DeadLetter } from '@verbatim/domain';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandFailed, WrongUsage } from '../command-failed.ts';
import { listPages } from '../jobs/list-jobs.ts';
import { count } from '../option-values.ts';
import { type ServerOptions, serverOf, withServer } from '../server/server-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { deadLetterFacts, deadLettersTable } from './dead-letter-texts.ts';
import { type ReplayOrder, replayAll } from './replay-all.ts';
import { replayProgress } from './replay-progress.ts';

type Options = ServerOptions & { json?: boolean };
type ListOptions = Options & { limit: number; reason?: string };
type ReplayOptions = Options & { all?: boolean; reason?: string; before?: string };

/** For operators: jobs that were given up, and what to do with them. */
export function addDeadLetters(program: Command, surroundings: Surroundings): void {
  const print = (value: unknown, text: string, { json }: Options) =>
    void surroundings.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
  const deadLetters = program
    .command('dead-letters')
    .description('for operators: jobs that were given up for a reason that is not their user’s');
  const command = (usage: string, description: string) =>
    withServer(deadLetters.command(usage).description(description).option('--json', 'as JSON'));

  command('list', 'list them, given up last first')
    .option('--limit <n>', 'how many', count, 20)
    .option('--reason <code>', 'only those that were given up for this')
    .action(async (options: ListOptions) => {
      const { limit, reason } = options;
      const server = serverOf(options, surroundings);
      const letters = await listPages<DeadLetter>(limit, (page) => server.deadLetters({ ...page, reason }));
      print(letters, deadLettersTable(letters), options);
    });

  command('show', 'show one, what to do about it, and what happened to it')
    .argument('<id>', 'of its job')
    .action(async (jobId: string, options: Options) => {
      const letter = await serverOf(options, surroundings).deadLetter(jobId);
      print(letter, deadLetterFacts(letter), options);
    });

  command('replay', 'start some or all of them afresh, after the cause is mended')
    .argument('[ids...]', 'of their jobs')
    .option('--all', 'all of them')
    .option('--reason <code>', 'with --all: only those that were given up for this')
    .option('--before <time>', 'with --all: only those that were given up before, as 2026-01-31T12:00Z', time)
    .action(async (jobIds: string[], options: ReplayOptions) => {
      const order = orderOf(jobIds, options);
      const progress = replayProgress(surroundings.stderr);
      const done = await replayAll(
        order,
        serverOf(options, surroundings),
        progress,
        surroundings.stop,
      ).finally(() => progress.end());
      print(done, `${done.replayed.length} replayed.\n`, options);
      for (const { jobId, code } of done.notReplayed) {
        surroundings.stderr.write(`${jobId} is no dead letter any more, or never was (${code}).\n`);
      }
      // Of all of them some may have gone by themselves; who names one means it.
      if (jobIds.length > 0 && done.notReplayed.length > 0) throw new CommandFailed('');
    });
}

function orderOf(jobIds: string[], { all, reason, before }: ReplayOptions): ReplayOrder {
  if (jobIds.length > 0 === (all === true)) throw new WrongUsage('Give either ids or --all.');
  if (jobIds.length === 0) return { all: true, reason, before };
  if (reason ?? before) throw new WrongUsage('--reason and --before go with --all.');
  return { jobIds };
}

function time(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a time, as 2026-01-31T12:00Z.');
  return new Date(ms).toISOString();
}
