import { signalInTurn } from '../inject/signal-programs.ts';
import type { Row } from './row.ts';

export const killReconcilers: Row = {
  number: 4,
  fault:
    'kill -9 of one of three notifiers, which reconcile all at once, every 5 s; and of workers, for them to find work',
  outcome: 'a delay and nothing else; nothing done twice by three at once',
  platforms: ['local', 'aws'],
  instances: { notifier: 3 },
  environment: { RECONCILE_MS: '200' },
  async inject(stage) {
    await signalInTurn(['worker', 'notifier'], { signal: 'SIGKILL', everyMs: 5_000 }, stage);
    return undefined;
  },
};
