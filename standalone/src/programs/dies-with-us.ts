import { spawnSync } from 'node:child_process';

const wrapper = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;
let isThere: boolean | undefined;

/**
 * The same command so that the kernel kills it when we die, where there is setpriv. The kernel looks at the thread that
 * started it: ours is the main thread, which lives to the end.
 */
export function diesWithUs(program: string, ...args: string[]): [string, ...string[]] {
  const [setpriv, ...options] = wrapper;
  isThere ??= spawnSync(setpriv, [...options, 'true']).status === 0;
  return isThere ? [...wrapper, program, ...args] : [program, ...args];
}
