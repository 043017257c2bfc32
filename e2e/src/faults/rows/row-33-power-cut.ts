import { pause } from '../inject/pauses.ts';
import type { Row } from './row.ts';

export const powerCut: Row = {
  number: 33,
  fault: 'kill -9 of all programs in one moment, every 20 s',
  outcome: 'the same jobs before and after',
  platforms: ['local', 'aws'],
  async inject(stage) {
    while (await pause(20_000, stage.over)) {
      for (const program of stage.system.programs) {
        stage.note('kill -9', program.name, program.life?.pid);
        program.signal('SIGKILL');
      }
    }
    return undefined;
  },
};
