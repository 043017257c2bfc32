import { freezeWorkers } from '../inject/signal-programs.ts';
import type { Row } from './row.ts';

export const freezeAWorker: Row = {
  number: 8,
  fault: 'SIGSTOP of a worker for 45 s, longer than its lease, then SIGCONT; again and again',
  outcome: 'its late writes change nothing',
  platforms: ['local', 'aws'],
  async inject(stage) {
    await freezeWorkers({ forMs: 45_000, everyMs: 5_000 }, stage);
    return undefined;
  },
};
