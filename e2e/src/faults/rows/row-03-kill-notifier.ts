import { signalInTurn } from '../inject/signal-programs.ts';
import type { Row } from './row.ts';

export const killNotifier: Row = {
  number: 3,
  fault: 'kill -9 of the only notifier every 5 s',
  outcome: 'every end is told; no more raw duplicates than kills, all under one id',
  platforms: ['local', 'aws'],
  instances: { notifier: 1 },
  async inject(stage) {
    await signalInTurn(['notifier'], { signal: 'SIGKILL', everyMs: 5_000 }, stage);
    return undefined;
  },
};
