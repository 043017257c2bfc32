import { createInterface } from 'node:readline';
import { endOf, killGroup } from '../../child-process/child-end.ts';
import type { ChildGuards } from '../../child-process/child-guards.ts';
import type { Span } from './speech-map.ts';

export interface SileroVadOptions {
  /** whisper.cpp's `whisper-vad-speech-segments`. */
  program: string;
  /** A Silero model in ggml format. */
  modelPath: string;
  guards: ChildGuards;
}

/** It does some 400 times real time on one core, and no recording here is longer than half an hour. */
const deadlineMs = 120_000;

/**
 * Asks the Silero model where speech is. Apart from whisper-server: there the same model would shift the times of words.
 * @throws Error when the program fails in any way; the signal's reason when it aborts
 */
export async function speechBySilero(
  wavPath: string,
  options: SileroVadOptions,
  callerSignal: AbortSignal,
): Promise<Span[]> {
  const signal = AbortSignal.any([callerSignal, AbortSignal.timeout(deadlineMs)]);
  signal.throwIfAborted();
  const child = options.guards.spawn({
    program: options.program,
    args: ['-t', '1', '-np', '-vm', options.modelPath, '-f', wavPath],
    cwd: '/',
    env: { OMP_WAIT_POLICY: 'passive', OMP_NUM_THREADS: '1' },
    confined: true,
  });
  const ended = endOf(child);
  const kill = () => killGroup(child, 'SIGKILL');
  signal.addEventListener('abort', kill);
  child.stderr.resume();
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));

  const { exitCode } = await ended;
  signal.removeEventListener('abort', kill);
  callerSignal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`the speech detector ended with ${exitCode ?? 'a signal'}`);
  return readSpans(lines);
}

/**
 * The program also exits with 0 when it only printed its usage: what counts is whether all announced segments are there.
 * It counts in hundredths of a second.
 */
function readSpans(lines: string[]): Span[] {
  const announced = lines.map((line) => /^Detected (\d+) speech segments:$/.exec(line)?.[1]).find(Boolean);
  const spans = lines.flatMap((line) => {
    const [, start, end] = /^Speech segment \d+: start = ([\d.]+), end = ([\d.]+)$/.exec(line) ?? [];
    return start && end ? [{ start: Number(start) / 100, end: Number(end) / 100 }] : [];
  });
  if (Number(announced) !== spans.length) throw new Error('the speech detector gave an unknown answer');
  return spans;
}
