import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadSettings, readSettings } from '@verbatim/adapters';
import { takeLock } from '@verbatim/adapters/take-lock';
import { banner } from './banner.ts';
import { type ChosenPorts, choosePorts } from './choose-ports.ts';
import { repository } from './engine/engine-directory.ts';
import { getModel, simulatedModel } from './get-model.ts';
import { type RunningPrograms, startPrograms } from './programs/start-programs.ts';
import { programEnvironment, threePrograms } from './programs/three-programs.ts';
import { StandaloneSettings } from './settings.ts';
import { StartFailed } from './start-failed.ts';
import { stopRequest } from './stop-request.ts';

/** Everything has to be over 5 s after Ctrl-C. */
const graceMs = 4_500;

// `npm start`: api, worker and notifier, kept running by this process until it is asked to stop.
let programs: RunningPrograms | undefined;
/** Until the process ends: kept here, since a lock that nobody refers to is let go. */
let dataLock: Disposable | undefined;
let chosenPorts: ChosenPorts | undefined;
const stop = stopRequest(() => programs?.kill());
// A terminal or a reader that went away takes only the words with it.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

try {
  await runUntil(stop);
} catch (error) {
  if (!stop.aborted) fail(error);
} finally {
  await programs?.stop(graceMs);
}
process.exit();

async function runUntil(stop: AbortSignal): Promise<void> {
  const settings = readEnvironment();
  lockData(settings.DATA_DIR);
  chosenPorts = await choosePorts(settings);
  const { ports } = chosenPorts;
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

/** The environment wins over `.env`. @throws BadSettings */
function readEnvironment(): StandaloneSettings {
  const file = join(repository, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  const settings = readSettings(StandaloneSettings, process.env);
  return { ...settings, DATA_DIR: resolve(settings.DATA_DIR) };
}

/** Until the process ends. @throws StartFailed */
function lockData(folder: string): void {
  try {
    dataLock = takeLock(join(folder, 'npm-start.lock'));
  } catch (cause) {
    const why = `${folder} can't be used for data: set DATA_DIR to a folder that you may write to.`;
    throw new StartFailed(why, { cause });
  }
  if (dataLock) return;
  throw new StartFailed(
    `Verbatim is already running on ${folder}: stop it first, or start another one with its own DATA_DIR and PORT.`,
  );
}

function fail(error: unknown): void {
  console.error(error instanceof StartFailed || error instanceof BadSettings ? error.message : error);
  process.exitCode = 1;
}
