import { isClaim } from '../evidence/stored.ts';
import { lineTo } from '../inject/lines.ts';
import { pause, untilOver } from '../inject/pauses.ts';
import type { Findings, Row } from './row.ts';

const partitionMs = 60_000;

export const tablePartition: Row = {
  number: 23,
  fault: 'the table can not be reached for 60 s in the middle of the work',
  outcome: 'no status lies; work goes on within 30 s after it is back',
  platforms: ['aws'],
  async inject(stage): Promise<Findings> {
    if (!(await pause(10_000, stage.over)))
      return { measures: {}, faults: ['the campaign was over too soon'] };
    const { tcp } = lineTo('dynamodb', stage);
    stage.note('partition', 'dynamodb');
    tcp.partition();
    await pause(partitionMs, stage.stop);
    tcp.mend();
    stage.note('mended', 'dynamodb');
    const mendedAt = Date.now();
    await untilOver(stage.over);
    const jobs = await stage.system.platform.jobs();
    const claims = jobs.flatMap(({ history }) => history.filter(isClaim));
    const first = Math.min(...claims.map(({ at }) => at).filter((at) => at > mendedAt));
    const seconds = (first - mendedAt) / 1_000;
    return {
      measures: { 'first claim after the partition, s': Number(seconds.toFixed(1)) },
      faults: seconds > 30 ? [`the first claim came ${seconds} s after the partition`] : [],
    };
  },
};
