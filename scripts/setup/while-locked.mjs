import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

/**
 * Runs `work` while no other set-up of this checkout does. The lock is on the folder itself (no file is left) and lasts as
 * long as anybody has it open: we, however we die, and every child that is started with the stdio that `work` is given, as
 * an npm that still tidies up after Ctrl-C. Systems without flock go without the lock.
 */
export function whileLocked(work, folder = join(repository, 'scripts')) {
  const lock = openSync(folder, 'r');
  const flock = (...options) => spawnSync('flock', [...options, '3'], { stdio: [...inherit, lock] });
  if (flock('-n').status === 1) {
    console.log('Another set-up of this folder is under way: waiting for it.');
    flock('-x');
  }
  try {
    return work([...inherit, lock]);
  } finally {
    closeSync(lock);
  }
}

const inherit = ['inherit', 'inherit', 'inherit'];
