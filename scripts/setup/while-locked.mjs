import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './repository.mjs';

const patienceMs = 500;

/**
 * Runs `work` while no other set-up of this checkout does. flock holds the lock on the folder itself (no file is left) until
 * its stdin ends, which the kernel sees to however we die. Systems without flock go without the lock.
 */
export async function whileLocked(work, folder = join(repository, 'scripts')) {
  const holder = spawn('flock', ['-x', folder, '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = setTimeout(
    () => console.log('Another set-up of this folder is under way: waiting for it.'),
    patienceMs,
  );
  holder.stdin.on('error', () => {});
  await new Promise((resolve) => {
    holder.stdout.once('data', resolve);
    holder.once('close', resolve);
    holder.once('error', resolve);
  });
  clearTimeout(waiting);
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}
