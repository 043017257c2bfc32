import type { DeadLetter, JobHistory } from '@verbatim/domain';
import { historyTable } from '../jobs/history-texts.ts';
import { minuteOf, printable } from '../jobs/job-texts.ts';
import { clock } from '../progress/describe.ts';
import { table } from '../table.ts';

export function deadLettersTable(letters: DeadLetter[]): string {
  if (letters.length === 0) return 'No dead letters.\n';
  return table(
    ['job', 'reason', 'failures', 'given up (UTC)', 'user', 'file', 'last error'],
    letters.map((letter) => [
      letter.jobId,
      letter.reason,
      String(letter.failures),
      minuteOf(letter.at),
      letter.userId,
      printable(letter.fileName),
      letter.lastError?.detail ?? '',
    ]),
    [2],
  );
}

export function deadLetterFacts(letter: DeadLetter & { history: JobHistory }): string {
  const { lastError } = letter;
  const facts: [string, string | null][] = [
    ['job', letter.jobId],
    ['user', letter.userId],
    ['file', printable(letter.fileName)],
    ['length', letter.durationSeconds === null ? null : clock(letter.durationSeconds)],
    ['reason', letter.reason],
    ['told', letter.message],
    ['to do', letter.whatToDo],
    [
      'last error',
      lastError && `${lastError.code}, ${lastError.at}: ${lastError.detail ?? 'nothing was thrown'}`,
    ],
    ['attempts', `${letter.failures} failed, ${letter.interruptions} were interrupted, in run ${letter.run}`],
    ['created', letter.createdAt],
    ['given up', letter.at],
  ];
  const lines = facts.map(([name, value]) => (value === null ? '' : `${name.padEnd(12)}${value}\n`));
  return `${lines.join('')}\n${historyTable(letter.history)}`;
}
