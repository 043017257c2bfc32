import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that npm installed, or the one that runs us where there is none for this system. */
export function nodeProgram() {
  const installed = join(repository, 'node_modules/.bin/node');
  return existsSync(installed) ? installed : process.execPath;
}
