import type { EpochMs } from '../../ports/clock.ts';
import { hourOf, Throughput, type ThroughputAmounts, type ThroughputHour } from '../../ports/throughput.ts';

export class InMemoryThroughput extends Throughput {
  readonly #hours = new Map<EpochMs, ThroughputHour>();

  async add(at: EpochMs, amounts: ThroughputAmounts): Promise<void> {
    const hour = hourOf(at);
    const sum = this.#hours.get(hour) ?? emptyHour(hour);
    this.#hours.set(hour, {
      hour,
      completed: sum.completed + (amounts.completed ?? 0),
      failed: sum.failed + (amounts.failed ?? 0),
      audioSeconds: sum.audioSeconds + (amounts.audioSeconds ?? 0),
      processingSeconds: sum.processingSeconds + (amounts.processingSeconds ?? 0),
    });
  }

  async list(since: EpochMs): Promise<ThroughputHour[]> {
    const hours = [...this.#hours.values()].filter(({ hour }) => hour >= hourOf(since));
    return hours.sort((a, b) => a.hour - b.hour).map((hour) => ({ ...hour }));
  }
}

function emptyHour(hour: EpochMs): ThroughputHour {
  return { hour, completed: 0, failed: 0, audioSeconds: 0, processingSeconds: 0 };
}
