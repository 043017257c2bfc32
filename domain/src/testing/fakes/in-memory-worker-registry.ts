import type { EpochMs } from '../../ports/clock.ts';
import { WorkerRegistry, type WorkerRow } from '../../ports/worker-registry.ts';

export class InMemoryWorkerRegistry extends WorkerRegistry {
  readonly rows = new Map<string, WorkerRow>();

  async beat(row: WorkerRow): Promise<void> {
    this.rows.set(row.workerId, { ...row });
  }

  async leave(workerId: string): Promise<void> {
    this.rows.delete(workerId);
  }

  async list(since: EpochMs): Promise<WorkerRow[]> {
    return [...this.rows.values()].filter((row) => row.seenAt >= since).map((row) => ({ ...row }));
  }
}
