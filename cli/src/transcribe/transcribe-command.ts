import { type TranscriptFormat, transcriptFormats } from '@verbatim/domain';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../command-failed.ts';
import { type ListeningOptions, listeningOf, withListening } from '../listening-options.ts';
import { count, transcriptFormatList } from '../option-values.ts';
import { failuresOnly } from '../progress/failures-only.ts';
import type { ProgressView } from '../progress/file-progress.ts';
import { plainLines } from '../progress/plain-lines.ts';
import { terminalBars } from '../progress/terminal-bars.ts';
import { type ServerOptions, serverOf, withServer } from '../server/server-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { planOutputs } from './plan-outputs.ts';
import { transcribeFiles } from './transcribe-files.ts';

interface Options extends ServerOptions, ListeningOptions {
  format?: TranscriptFormat[];
  out?: string;
  force?: boolean;
  jobs: number;
  delete?: boolean;
  quiet?: boolean;
  json?: boolean;
}

/** A server may be restarted under a long recording. */
const patienceMs = 120_000;

export function addTranscribe(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('transcribe')
    .description('send recordings, wait, and write their transcripts')
    .argument('<file...>', 'recordings, or videos with sound')
    .option(
      '--format <list>',
      `one or several of ${transcriptFormats.join(', ')}, with commas (default: txt)`,
      transcriptFormatList,
    )
    .option('--out <dir>', 'where transcripts go (default: beside each file; one txt alone: printed)')
    .option('--force', 'write over transcripts that are there')
    .option('--jobs <n>', 'recordings at the same time', count, 2)
    .option('--delete', 'erase each job from the server once its transcripts are written')
    .option('--quiet', 'say nothing but what went wrong')
    .option('--json', 'print one line of JSON for each file')
    .action((files: string[], options: Options) => transcribe(files, options, surroundings));
  withServer(withListening(command));
}

async function transcribe(given: string[], options: Options, surroundings: Surroundings): Promise<void> {
  const files = [...new Set(given)];
  const { out, json, force: overwrite = false, delete: deleteAfterwards = false } = options;
  const formats = options.format ?? ['txt'];
  const isPrinted = files.length === 1 && formats.join() === 'txt' && !out && !json;
  const outputs = isPrinted ? null : planOutputs(files, { formats, folder: out, overwrite });

  const { stdout, stop } = surroundings;
  const view = viewFor(options, files.length, surroundings);
  let text = '';
  try {
    stop.addEventListener('abort', () => view.say('Cancelling ... (Ctrl-C again leaves at once)'));
    const onTrouble = (sentence: string) => view.say(`${sentence} Trying again.`);
    const exitCode = await transcribeFiles(
      { files, outputs, listening: listeningOf(options), jobsAtOnce: options.jobs, deleteAfterwards },
      serverOf(options, surroundings, { patienceMs, onTrouble }),
      {
        view,
        print: (transcript) => {
          text = transcript;
        },
        result: (result) => void (json && stdout.write(`${JSON.stringify(result)}\n`)),
      },
      stop,
    );
    if (exitCode !== exitCodes.done) throw new CommandFailed('', { exitCode });
  } finally {
    view.end();
    // After the bars, which may draw on the same terminal.
    stdout.write(text);
  }
}

function viewFor({ quiet, json }: Options, fileCount: number, { stderr }: Surroundings): ProgressView {
  if (quiet) return failuresOnly(stderr);
  // Not with --json: its lines may go to the same terminal.
  return stderr.isTTY && !json ? terminalBars(stderr, fileCount) : plainLines(stderr);
}
