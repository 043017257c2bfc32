import { signalInTurn } from '../inject/signal-programs.ts';
import type { Row } from './row.ts';

export const killApi: Row = {
  number: 2,
  fault: 'kill -9 of the api every 5 s, during creations and uploads',
  outcome: 'one job for each Idempotency-Key, whatever was lost on the way',
  platforms: ['local', 'aws'],
  async inject(stage) {
    await signalInTurn(['api'], { signal: 'SIGKILL', everyMs: 5_000 }, stage);
    return undefined;
  },
};
