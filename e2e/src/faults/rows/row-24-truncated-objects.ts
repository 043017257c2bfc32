import { lineTo } from '../inject/lines.ts';
import { untilOver } from '../inject/pauses.ts';
import type { Row } from './row.ts';

/** Fewer than the attempts a job has. */
const cutsPerObject = 2;

export const truncatedObjects: Row = {
  number: 24,
  fault: 'a third of the objects that are read from S3 end after half of their bytes',
  outcome: 'seen, and read again; no transcript of half a recording',
  platforms: ['aws'],
  async inject(stage) {
    const { http } = lineTo('s3', stage);
    const cuts = new Map<string, number>();
    http.fault = ({ method, path }) => {
      const before = cuts.get(path) ?? 0;
      if (method !== 'GET' || before >= cutsPerObject || !stage.random.chance(0.33)) return null;
      cuts.set(path, before + 1);
      stage.note('truncated answer', 's3');
      return 'truncate';
    };
    await untilOver(stage.over);
    http.fault = () => null;
    return undefined;
  },
};
