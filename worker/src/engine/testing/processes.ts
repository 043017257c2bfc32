import { readdir, readFile } from 'node:fs/promises';

/** The living whisper-server children of a process. */
export async function whisperChildrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return rows.flatMap((row) => {
    const [, pid, name, state, ppid] = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(row) ?? [];
    const isOne = name?.startsWith('whisper-server') && Number(ppid) === parent && state !== 'Z';
    return isOne ? [Number(pid)] : [];
  });
}

/** A zombie is dead, even where nobody collects it. */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  return status !== null && !/^State:\s+Z/m.test(status);
}

/** The living processes with these words in their command line. */
export async function processesNaming(words: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => lines[index]?.includes(words));
}
