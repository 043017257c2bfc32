import { Clock, SystemClock } from '../../ports/clock.ts';
import { Counters, type CountResult } from '../../ports/counters.ts';

export class InMemoryCounters extends Counters {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { count: number; resetsAt: number }>();

  constructor(clock: Clock = new SystemClock()) {
    super();
    this.#clock = clock;
  }

  async addIfBelow(key: string, amount: number, limit: number, windowSeconds: number): Promise<CountResult> {
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (!window || window.resetsAt <= now) window = { count: 0, resetsAt: now + windowSeconds * 1_000 };
    const allowed = window.count + amount <= limit;
    if (allowed) window.count += amount;
    this.#windows.set(key, window);
    return { allowed, ...window };
  }
}
