import { signalInTurn } from '../inject/signal-programs.ts';
import { preload } from '../system/preload.ts';
import type { Row } from './row.ts';

const quarterHourMs = 15 * 60_000;
const fast = [preload('shift-clock.ts', { ms: quarterHourMs })];
const slow = [preload('shift-clock.ts', { ms: -quarterHourMs })];

/** On `local` all programs share one machine and its clock. */
export const wrongClocks: Row = {
  number: 32,
  fault:
    'the clock of one worker is 15 min fast, of the other 15 min slow; of the notifiers too; a worker is killed every 10 s',
  outcome: 'no lease ends early: the servers say what time it is',
  platforms: ['aws'],
  preloads: {
    'worker-1': fast,
    'worker-2': slow,
    'notifier-1': slow,
    'notifier-2': fast,
  },
  async inject(stage) {
    stage.note('wrong clocks', 'workers and notifiers');
    await signalInTurn(['worker'], { signal: 'SIGKILL', everyMs: 10_000 }, stage);
    return undefined;
  },
};
