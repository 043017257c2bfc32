import { join } from 'node:path';
import { lineForPeople } from './line-for-people.ts';
import { LogFile } from './log-file.ts';

/** Where a program's lines go: all into its file; to a terminal in a calm form, else as they are, for what collects logs. */
export function programOutput(program: string, logFolder: string): (line: string) => void {
  const file = new LogFile(join(logFolder, `${program}.log`));
  return (line) => {
    file.write(line);
    const shown = process.stdout.isTTY ? lineForPeople(program, line) : line;
    if (shown !== undefined) process.stdout.write(`${shown}\n`);
  };
}
