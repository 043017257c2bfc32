import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSettings } from '@verbatim/adapters';
import { repository } from './engine/engine-directory.ts';
import { StandaloneSettings } from './settings.ts';

/** The environment wins over `.env`. @throws BadSettings */
export function readEnvironment(): StandaloneSettings {
  const file = join(repository, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  const settings = readSettings(StandaloneSettings, process.env);
  return { ...settings, DATA_DIR: resolve(settings.DATA_DIR) };
}
