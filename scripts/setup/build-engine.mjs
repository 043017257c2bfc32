import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Says nothing and takes no time where the engine is there. */
export function buildEngine({ stdio }) {
  const script = join(repository, 'standalone/dist/build-engine.js');
  const { status } = spawnSync(nodeProgram(), [script], { stdio });
  if (status !== 0) throw new SetupFailed('There is no speech engine to run with: the build says why above.');
}
