import { signalInTurn } from '../inject/signal-programs.ts';
import type { Row } from './row.ts';

export const killEverythingInTurn: Row = {
  number: 1,
  fault: 'kill -9 of an api, a worker and a notifier every 5 s each',
  outcome: '0 lost, 0 stuck, 0 doubled; an interrupted job is claimed again within 60 s',
  platforms: ['local', 'aws'],
  async inject(stage) {
    await signalInTurn(['api', 'worker', 'notifier'], { signal: 'SIGKILL', everyMs: 5_000 }, stage);
    return undefined;
  },
};
