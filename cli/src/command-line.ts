import { Command } from 'commander';
import { addAccuracy } from './accuracy/accuracy-command.ts';
import { addBackup } from './backup/backup-commands.ts';
import { addDeadLetters } from './dead-letters/dead-letter-commands.ts';
import { addJobs } from './jobs/job-commands.ts';
import { addModels } from './models/model-commands.ts';
import type { Surroundings } from './surroundings.ts';
import { addTranscribe } from './transcribe/transcribe-command.ts';

const afterHelp = `
Exit codes: 0 all done; 1 something failed; 2 typed wrongly; 130 interrupted.
Keep a key in VERBATIM_API_KEY rather than typing it: other users of the machine see what is typed.`;

export function commandLine(surroundings: Surroundings): Command {
  const program = new Command('verbatim')
    .description('Recordings to text, by a Verbatim server.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    })
    .addHelpText('after', afterHelp);
  addTranscribe(program, surroundings);
  addJobs(program, surroundings);
  addDeadLetters(program, surroundings);
  addModels(program, surroundings);
  addAccuracy(program, surroundings);
  addBackup(program, surroundings);
  return program;
}
