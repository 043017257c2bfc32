import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandFailed } from '../command-failed.ts';

const repository = resolve(import.meta.dirname, '../../..');

type Environment = Record<string, string | undefined>;

/**
 * The data folder of the server on this machine: the one that was typed, else what `npm start` would take from the
 * environment or `.env`. @throws CommandFailed on aws, which keeps its data elsewhere
 */
export function dataFolder(typed: string | undefined, env: Environment): string {
  if (typed !== undefined) return resolve(typed);
  const settings = { ...settingsOfDotEnv(), ...env };
  if (settings['PLATFORM'] === 'aws') {
    throw new CommandFailed(
      'On aws the data lies in S3 and DynamoDB, which keep copies by their own means: see "Back up" in the README.',
    );
  }
  return resolve(repository, settings['DATA_DIR'] || 'data');
}

function settingsOfDotEnv(): Environment {
  const file = join(repository, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
