import { createLogUpdate } from 'log-update';
import { bar, describe } from './describe.ts';
import type { FileProgress, ProgressView } from './file-progress.ts';

const redrawMs = 100;
const nameWidth = 28;

/** One bar for each file at work, redrawn in place; what is finished scrolls away above. */
export function terminalBars(stream: NodeJS.WriteStream, fileCount: number): ProgressView {
  const draw = createLogUpdate(stream);
  const atWork = new Map<string, FileProgress>();
  let finished = 0;

  const lines = () => [
    ...[...atWork].map(([name, progress]) => cut(barLine(name, progress), stream.columns || 80)),
    ...(fileCount > 1 ? [`${finished} of ${fileCount} files done`] : []),
  ];
  const timer = setInterval(() => draw(lines().join('\n')), redrawMs);

  const lastWord = (name: string, sentence: string) => {
    atWork.delete(name);
    finished += 1;
    draw.persist(`${name}: ${sentence}`);
  };

  return {
    show: (name, progress) => void atWork.set(name, progress),
    finish: lastWord,
    fail: lastWord,
    say: (sentence) => draw.persist(sentence),
    end() {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}

function barLine(name: string, progress: FileProgress): string {
  const { share, text } = describe(progress);
  return `${cut(name, nameWidth).padEnd(nameWidth)} ${bar(share ?? 0)} ${text}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
