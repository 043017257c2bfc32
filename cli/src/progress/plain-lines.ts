import { describe } from './describe.ts';
import type { FileProgress, ProgressView } from './file-progress.ts';

/** Of each step, a line a quarter: enough for a log to show that it goes on. */
const linesPerStep = 4;

export function plainLines(stream: { write(text: string): unknown }): ProgressView {
  const last = new Map<string, string>();
  return {
    show(name, progress) {
      const mark = markOf(progress);
      if (last.get(name) === mark) return;
      last.set(name, mark);
      stream.write(`${name}: ${describe(progress).text}\n`);
    },
    finish: (name, sentence) => void stream.write(`${name}: ${sentence}\n`),
    fail: (name, sentence) => void stream.write(`${name}: ${sentence}\n`),
    say: (sentence) => void stream.write(`${sentence}\n`),
    end: () => {},
  };
}

/** Two progresses with the same mark need one line. */
function markOf(progress: FileProgress): string {
  const { share, text } = describe(progress);
  if (share === null) return text;
  return `${progress.step} ${Math.floor(linesPerStep * share)}`;
}
