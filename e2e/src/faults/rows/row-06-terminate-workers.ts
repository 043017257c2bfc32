import { signalInTurn } from '../inject/signal-programs.ts';
import type { Findings, Row } from './row.ts';

export const terminateWorkers: Row = {
  number: 6,
  fault: 'SIGTERM to a worker every 5 s',
  outcome: 'each ends with 0 and hands its jobs back',
  platforms: ['local', 'aws'],
  async inject(stage): Promise<Findings> {
    await signalInTurn(['worker'], { signal: 'SIGTERM', everyMs: 5_000 }, stage);
    const ended = stage.system
      .programsOfKind('worker')
      .flatMap(({ lives }) => lives.filter((life) => life.endedAt));
    const badly = ended.filter(({ exitCode }) => exitCode !== 0);
    return {
      measures: { stops: ended.length, 'stops with 0': ended.length - badly.length },
      faults: badly.length > 0 ? [`${badly.length} workers did not end with 0`] : [],
    };
  },
};
