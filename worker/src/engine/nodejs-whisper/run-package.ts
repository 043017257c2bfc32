import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { endOf, killGroup } from '../../child-process/child-end.ts';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import { readDetectedLanguage } from '../answer/detected-language.ts';
import { EngineLost } from '../hear-twice.ts';
import type { Heard, HearingRequest } from '../transcribe-speech.ts';
import { readCliAnswer } from './read-cli-answer.ts';
import { stageCall, type WhisperCliProgram } from './stage-call.ts';

/** The same beside `src` and `dist`. */
const childProgram = join(import.meta.dirname, `nodewhisper.child${extname(import.meta.filename)}`);

/**
 * One recording through nodejs-whisper, in a process group that dies with the signal.
 * @throws EngineLost; the signal's reason when it aborts
 */
export async function runPackage(
  request: HearingRequest,
  program: WhisperCliProgram & { guards: ChildGuards },
  { signal, onPercent }: { signal: AbortSignal; onPercent(percent: number): void },
): Promise<Heard> {
  signal.throwIfAborted();
  await using staged = await stageCall(request, program);
  // Whoever aborted meanwhile was heard by nobody.
  signal.throwIfAborted();
  const child = program.guards.spawn({
    program: process.execPath,
    args: [
      childProgram,
      ...[staged.folder, request.language ?? 'auto', request.translate ? 'translate' : 'transcribe'],
    ],
    cwd: staged.folder,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      // Waiting threads must sleep: spinning ones starve each other as soon as anything else wants a core.
      ...{ OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: String(program.threads) },
    },
    confined: true,
  });
  const ended = endOf(child);
  const kill = () => killGroup(child, 'SIGKILL');
  signal.addEventListener('abort', kill);
  child.stdout.resume();
  const told = { probability: null as number | null, cpuSeconds: null as number | null };
  createInterface({ input: child.stderr }).on('line', (line) => {
    const percent = /progress =\s*(\d+)%/.exec(line)?.[1];
    if (percent !== undefined) onPercent(Number(percent));
    told.probability = readDetectedLanguage(line)?.probability ?? told.probability;
    // The shell tells its own time first, then its children's.
    told.cpuSeconds = cpuSecondsIn(line) ?? told.cpuSeconds;
  });

  const { exitCode } = await ended;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (exitCode !== 0) throw new EngineLost(`nodejs-whisper ended with ${exitCode ?? 'a signal'}`);
  const { language, segments } = await readAnswer(staged.answerPath);
  const detected = request.language === null ? { language, probability: told.probability } : null;
  return { segments, detected, cpuSeconds: told.cpuSeconds };
}

/** whisper-cli also ends well when it could not read the audio: then there is no answer. */
async function readAnswer(path: string) {
  try {
    return readCliAnswer(await readFile(path, 'utf8'));
  } catch {
    throw new EngineLost('nodejs-whisper left no answer that could be read');
  }
}

/** User and system time of a line as the shell's `times` prints them: `0m1.250s 0m0.010s`. */
function cpuSecondsIn(line: string): number | null {
  const [, ...parts] = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/.exec(line.trim()) ?? [];
  const [minutes, seconds, systemMinutes, systemSeconds] = parts.map(Number);
  if (minutes === undefined || seconds === undefined) return null;
  return 60 * (minutes + (systemMinutes ?? 0)) + seconds + (systemSeconds ?? 0);
}
