import { readFileSync } from 'node:fs';
import { processTree } from './processes.ts';

/** Of the clock in which Linux tells CPU time. */
const ticksPerSecond = 100;

export interface CpuTime {
  /** Seconds of user and system time of the process itself. */
  own: number;
  /** The same of all its children that have ended, and of theirs. */
  ended: number;
}

/** From /proc/PID/stat, to a hundredth of a second. Null: there is no such process. */
export function cpuTimeOf(pid: number): CpuTime | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field, a name in brackets, may hold spaces: count from its end. See proc(5), fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (field: number) => Number(fields[field]) / ticksPerSecond;
  return { own: seconds(11) + seconds(12), ended: seconds(13) + seconds(14) };
}

export interface TreeCpuTime {
  /** Of the programs that hear: whisper-server. */
  engine: number;
  /** Of everything else, by program. */
  around: Record<string, number>;
}

/** CPU seconds so far of a process and all its descendants, those that have ended included. */
export function cpuTimeOfTree(pid: number): TreeCpuTime {
  const time: TreeCpuTime = { engine: 0, around: {} };
  for (const { pid: member, command } of processTree(pid)) {
    const cpu = cpuTimeOf(member);
    if (!cpu) continue;
    const program = programOf(command);
    if (program === 'whisper-server') time.engine += cpu.own;
    else time.around[program] = (time.around[program] ?? 0) + cpu.own;
    // ffmpeg, above all: it has ended when we look.
    if (cpu.ended > 0) {
      const children = `children of ${program}`;
      time.around[children] = (time.around[children] ?? 0) + cpu.ended;
    }
  }
  return time;
}

function programOf(command: string): string {
  if (/^\S*whisper-server /.test(command)) return 'whisper-server';
  const [, program] = /(\w+)\/dist\/main\.js/.exec(command) ?? [];
  return program ?? (command.split(' ')[0]?.split('/').at(-1) || 'unnamed');
}

export function since(before: TreeCpuTime, now: TreeCpuTime): TreeCpuTime {
  const programs = Object.keys(now.around);
  const spent = programs.map((name) => [name, (now.around[name] ?? 0) - (before.around[name] ?? 0)] as const);
  return {
    engine: now.engine - before.engine,
    around: Object.fromEntries(spent.filter(([, seconds]) => seconds > 0)),
  };
}
