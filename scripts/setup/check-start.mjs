import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Whether a server could start now, with its settings, data folder and port. @throws SetupFailed with the sentence why not */
export function checkStart() {
  const script = join(repository, 'standalone/dist/check-start.js');
  const { status, stderr } = spawnSync(nodeProgram(), [script], { encoding: 'utf8' });
  if (status !== 0)
    throw new SetupFailed(stderr.trim() || 'The check of settings, data folder and port broke off.');
}
