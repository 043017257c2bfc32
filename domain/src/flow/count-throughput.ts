import type { Clock } from '../ports/clock.ts';
import type { Throughput, ThroughputAmounts } from '../ports/throughput.ts';

export interface CountPorts {
  throughput: Throughput;
  clock: Clock;
  log: { warn(entry: { event: string; error: unknown }): void };
}

/** Adds to what operators see of this hour. After the job's own write, so that it can't cost the job anything. */
export async function countThroughput(amounts: ThroughputAmounts, ports: CountPorts): Promise<void> {
  await ports.throughput
    .add(ports.clock.now(), amounts)
    .catch((error: unknown) => ports.log.warn({ event: 'throughput.not_counted', error }));
}
