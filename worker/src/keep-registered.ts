import type { WorkerRegistry } from '@verbatim/domain';
import { recentPace } from './recent-pace.ts';
import type { WorkerPorts } from './worker-ports.ts';

const beatMs = 10_000;

/** Shows this worker in the registry for as long as it lives. A table that is down costs a beat, no more. */
export function keepRegistered(
  ports: WorkerPorts,
  workers: WorkerRegistry,
  version: string,
): { leave(): Promise<void> } {
  const { workerId, engine, clock } = ports;
  const startedAt = clock.now();
  const beat = async () => {
    const { values } = await ports.metrics.busy.get();
    await workers.beat({
      workerId,
      version,
      slots: engine.slots,
      busy: values[0]?.value ?? 0,
      model: engine.model,
      engine: engine.name,
      realTimeFactor: await recentPace(ports.metrics),
      startedAt,
      seenAt: clock.now(),
    });
  };
  const quietly = (action: Promise<void>) =>
    action.catch((error: unknown) => ports.log.warn({ event: 'worker.beat_failed', error: String(error) }));

  void quietly(beat());
  const timer = setInterval(() => void quietly(beat()), beatMs);
  return {
    async leave() {
      clearInterval(timer);
      await quietly(workers.leave(workerId));
    },
  };
}
