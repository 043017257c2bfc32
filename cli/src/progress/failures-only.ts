import type { ProgressView } from './file-progress.ts';

/** For --quiet: nothing but what went wrong. */
export function failuresOnly(stream: { write(text: string): unknown }): ProgressView {
  const fail = (name: string, sentence: string) => void stream.write(`${name}: ${sentence}\n`);
  return { show() {}, finish() {}, fail, say() {}, end() {} };
}
