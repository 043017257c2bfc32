import { resolve } from 'node:path';
import { untilOver } from '../inject/pauses.ts';
import type { Row } from './row.ts';

const quarterHourMs = 15 * 60_000;

function clockWrongBy(ms: number): string[] {
  return [`file://${resolve(import.meta.dirname, '../preloads/shift-clock.ts')}?ms=${ms}`];
}

/** On `local` all programs share one machine and its clock. */
export const wrongClocks: Row = {
  number: 32,
  fault:
    'the clock of one worker is 15 min fast, of the other 15 min slow; of the notifiers too; workers are killed',
  outcome: 'no lease ends early: the servers say what time it is',
  platforms: ['aws'],
  preloads: {
    'worker-1': clockWrongBy(quarterHourMs),
    'worker-2': clockWrongBy(-quarterHourMs),
    'notifier-1': clockWrongBy(-quarterHourMs),
    'notifier-2': clockWrongBy(quarterHourMs),
  },
  async inject(stage) {
    stage.note('wrong clocks', 'workers and notifiers');
    await untilOver(stage.over);
    return undefined;
  },
};
