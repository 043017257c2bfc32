import type { ThroughputAmounts } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';

/** Adds to what operators see of this hour. After the job's own write, so that it can't cost the job anything. */
export async function countThroughput(amounts: ThroughputAmounts, ports: WorkerPorts): Promise<void> {
  await ports.throughput
    .add(ports.clock.now(), amounts)
    .catch((error: unknown) => ports.log.warn({ event: 'throughput.not_counted', error }));
}
