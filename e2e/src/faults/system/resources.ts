import { readdirSync, readFileSync } from 'node:fs';

/** What one process holds, as the kernel sees it (proc_pid_status(5), proc_pid_fd(5)). */
export interface Resources {
  rssMiB: number;
  files: number;
  threads: number;
}

export function resourcesOf(pid: number): Resources | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    return {
      rssMiB: field('VmRSS') / 1024,
      files: readdirSync(`/proc/${pid}/fd`).length,
      threads: field('Threads'),
    };
  } catch {
    return null; // ended while we looked
  }
}
