import { cpuTimeOf } from '../../drivers/cpu-time.ts';
import { lineTo } from '../inject/lines.ts';
import { untilOver } from '../inject/pauses.ts';
import type { Findings, Row } from './row.ts';

export const throttledTable: Row = {
  number: 27,
  fault: 'half of all requests to the table are throttled',
  outcome: 'backs off: no hot loop, and nothing lost',
  platforms: ['aws'],
  async inject(stage): Promise<Findings> {
    const { http } = lineTo('dynamodb', stage);
    const startedAt = performance.now();
    const cpuBefore = cpuOf(stage);
    let asked = 0;
    http.fault = () => {
      asked++;
      return stage.random.chance(0.5) ? throttled : null;
    };
    stage.note('throttling', 'dynamodb');
    await untilOver(stage.over);
    http.fault = () => null;
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      measures: {
        'requests to the table a second': Number((asked / seconds).toFixed(1)),
        'CPU of each program, %': Number(
          (((cpuOf(stage) - cpuBefore) / seconds / stage.system.programs.length) * 100).toFixed(1),
        ),
      },
      faults: [],
    };
  },
};

const throttled = {
  answer: 400,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
};

/** Seconds of all programs, and of their children that have ended. */
function cpuOf({ system }: { system: { programs: { life: { pid: number } | null }[] } }): number {
  return system.programs.reduce((sum, { life }) => {
    const { own, ended } = (life && cpuTimeOf(life.pid)) ?? { own: 0, ended: 0 };
    return sum + own + ended;
  }, 0);
}
