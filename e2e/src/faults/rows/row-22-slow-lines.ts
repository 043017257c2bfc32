import { everyLine } from '../inject/lines.ts';
import { untilOver } from '../inject/pauses.ts';
import type { Row } from './row.ts';

export const slowLines: Row = {
  number: 22,
  fault: 'every line to AWS 400 ms slower, with jitter; 5 % of the connections reset',
  outcome: 'slower, and nothing lost',
  platforms: ['aws'],
  async inject(stage) {
    const lines = everyLine(stage);
    for (const line of lines)
      line.faults = { ...line.faults, latencyMs: 200, jitterMs: 50, resetShare: 0.05 };
    // Connections that were open before are as good as new ones.
    for (const line of lines) line.cut();
    stage.note('slow lines', 'aws');
    await untilOver(stage.over);
    for (const line of lines) line.mend();
    return undefined;
  },
};
