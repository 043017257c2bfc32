import { join } from 'node:path';
import { banner } from './banner.ts';
import { choosePorts } from './choose-ports.ts';
import { getModel, simulatedModel } from './get-model.ts';
import { lockData } from './lock-data.ts';
import { type RunningPrograms, startPrograms } from './programs/start-programs.ts';
import { programEnvironment, threePrograms } from './programs/three-programs.ts';
import { readEnvironment } from './read-environment.ts';
import { failStart } from './start-failed.ts';
import { stopRequest } from './stop-request.ts';

/** Everything has to be over 5 s after Ctrl-C. */
const graceMs = 4_500;

// `npm start`: api, worker and notifier, kept running by this process until it is asked to stop.
let programs: RunningPrograms | undefined;
/** The data folder and the ports, until the process ends: a lock that nobody refers to is let go. */
const ours = new DisposableStack();
const stop = stopRequest(() => programs?.kill());
// A terminal or a reader that went away takes only the words with it.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

try {
  await runUntil(stop);
} catch (error) {
  if (!stop.aborted) failStart(error);
} finally {
  await programs?.stop(graceMs);
}
process.exit();

async function runUntil(stop: AbortSignal): Promise<void> {
  const settings = readEnvironment();
  ours.use(lockData(settings.DATA_DIR));
  const { ports } = ours.use(await choosePorts(settings));
  settings.PORT = ports.api;

  const env = programEnvironment(process.env, settings, ports);
  const model = settings.ENGINE === 'simulated' ? simulatedModel : await getModel(env, stop);
  const plans = threePrograms({ ...env, WHISPER_MODEL_PATH: model.path }, settings, ports);
  programs = startPrograms(plans, join(settings.DATA_DIR, 'logs'));
  await programs.ready(stop);

  process.stdout.write(banner(settings, model, process.uptime()));
  await new Promise((resolve) => stop.addEventListener('abort', resolve));
  process.stdout.write('\nStopping ...\n');
}
