import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Says nothing and takes no time where the engine is there. */
export function buildEngine({ stdio }) {
  const script = join(repository, 'standalone/dist/build-engine.js');
  const { status } = spawnSync(nodeProgram(), [script], { stdio });
  if (status !== 0) throw new SetupFailed('There is no speech engine to run with: the build says why above.');
}

/** Any engine will do here: the build itself notices, before it begins, when another one is needed. */
export function hasEngine() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
  if (!existsSync(cache)) return false;
  return readdirSync(cache).some((name) => existsSync(join(cache, name, 'whisper-server')));
}
