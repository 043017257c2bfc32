import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
}

/** All processes of this machine that are not dead (a zombie is). */
function processes(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The program's name stands in parentheses and may hold spaces and parentheses itself.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // ended while we looked
      }
    });
}

/** `pid` itself and everything that it started, directly or not. */
export function processTree(pid: number): RunningProcess[] {
  const all = processes();
  const tree = all.filter((process) => process.pid === pid);
  for (const process of tree) tree.push(...all.filter((child) => child.parent === process.pid));
  return tree;
}

export function isRunning(pid: number): boolean {
  return processes().some((process) => process.pid === pid);
}
