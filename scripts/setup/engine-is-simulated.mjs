import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

/** Whether the server that is about to start needs no engine built: ENGINE=simulated, in the environment or else in .env. */
export function engineIsSimulated(env = process.env, envFile = join(repository, '.env')) {
  return (env.ENGINE ?? engineIn(envFile)) === 'simulated';
}

function engineIn(envFile) {
  if (!existsSync(envFile)) return undefined;
  return /^\s*(?:export\s+)?ENGINE\s*=\s*["']?([\w-]+)/m.exec(readFileSync(envFile, 'utf8'))?.[1];
}
