/** What is looked at of a line of our own programs. */
interface LogRecord {
  time: number;
  level: number;
  event?: string;
  msg?: string;
  jobId?: string;
  audioSeconds?: number;
  seconds?: number;
  program?: string;
  signal?: string | null;
  /** Of a failure, or the exit code of a program. */
  code?: string | number | null;
  restartInMs?: number;
  /** Guards over programs written by others. */
  missing?: string[];
  error?: unknown;
  err?: unknown;
}

const warning = 40;
/** What the banner says at length. */
const saidElsewhere = new Set(['model.note']);

/** What a person at a terminal wants to see of a program's log line: what becomes of jobs, and what goes wrong. */
export function lineForPeople(program: string, line: string): string | undefined {
  const record = parse(line);
  // Not from the logger: a crash's last words.
  if (!record) return `${program}: ${line}`;
  const milestone = record.event ? milestones[record.event]?.(record) : undefined;
  if (milestone) return [timeOf(record), record.jobId, milestone].filter(Boolean).join(' ');
  if (record.level < warning || saidElsewhere.has(record.event ?? '')) return undefined;
  const parts = [record.event ?? record.msg, record.jobId, record.code, reasonOf(record)];
  return `${timeOf(record)} ${program}: ${parts.filter(Boolean).join(' ')}`;
}

const milestones: Record<string, (record: LogRecord) => string> = {
  'job.claimed': () => 'started',
  'job.completed': ({ audioSeconds = 0, seconds = 0 }) =>
    `transcribed ${lengthOf(audioSeconds)} of audio in ${Math.round(seconds)} s`,
  'child_guards.missing': ({ missing = [] }) =>
    `ffmpeg runs with fewer guards than it could: ${missing.map((guard) => lackOf[guard] ?? guard).join(', ')}`,
  'job.handed_back': () => 'handed back; it goes on after the next start',
  'program.died': (record) => {
    const { program, signal, code, restartInMs = 0 } = record;
    const again = `it starts again in ${restartInMs / 1000} s`;
    const refused = reasonOf(record);
    if (refused) return `${program} could not be started (${refused}); ${again}`;
    return `${program} ended unasked (${signal ?? `exit code ${code}`}); ${again}`;
  },
};

/** What it means that a system does not grant a guard, as containers may not. */
const lackOf: Record<string, string> = {
  noNetwork: 'it is not cut off from the network (unshare)',
  noCapabilities: 'it has the capabilities that the worker has (setpriv)',
  diesWithParent: 'it may outlive a killed worker (setpriv)',
  limits: 'its memory and time are not bounded (prlimit)',
};

function parse(line: string): LogRecord | undefined {
  try {
    const record = JSON.parse(line);
    return typeof record === 'object' && typeof record?.level === 'number' ? record : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(record: LogRecord): string | undefined {
  const error = record.error ?? record.err;
  if (typeof error === 'string') return error;
  return typeof error === 'object' && error && 'message' in error ? String(error.message) : undefined;
}

function timeOf(record: LogRecord): string {
  return new Date(record.time).toTimeString().slice(0, 8);
}

/** 7:00, 1:02:03 */
function lengthOf(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
