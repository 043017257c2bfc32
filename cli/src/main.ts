import { runCommand } from './run-command.ts';
import { stopAtSignal } from './stop-at-signal.ts';

const { npm_lifecycle_event: npmScript = '', INIT_CWD: typedIn } = process.env;
// npm runs its scripts in the repository; file names are meant from where they were typed.
if (['verbatim', 'accuracy'].includes(npmScript) && typedIn) process.chdir(typedIn);
// A reader that went away (`| head`) is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const { env, stdout, stderr } = process;
process.exitCode = await runCommand(process.argv.slice(2), { env, stdout, stderr, stop: stopAtSignal() });
