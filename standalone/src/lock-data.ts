import { join } from 'node:path';
import { takeLock } from '@verbatim/adapters/take-lock';
import { StartFailed } from './start-failed.ts';

/** Until it is disposed of, or the process ends: keep it, since a lock that nobody refers to is let go. @throws StartFailed */
export function lockData(folder: string): Disposable {
  let lock: Disposable | undefined;
  try {
    lock = takeLock(join(folder, 'npm-start.lock'));
  } catch (cause) {
    const why = `${folder} can't be used for data: set DATA_DIR to a folder that you may write to.`;
    throw new StartFailed(why, { cause });
  }
  if (lock) return lock;
  throw new StartFailed(
    `Verbatim is already running on ${folder}: stop it first, or start another one with its own DATA_DIR and PORT.`,
  );
}
