import { Clock, SystemClock } from '../../ports/clock.ts';
import { type Count, Counters, type CountResult } from '../../ports/counters.ts';

export class InMemoryCounters extends Counters {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { count: number; resetsAt: number }>();

  constructor(clock: Clock = new SystemClock()) {
    super();
    this.#clock = clock;
  }

  async addIfBelow(key: string, amount: number, limit: number, windowSeconds: number): Promise<CountResult> {
    const window = this.#window(key, windowSeconds);
    const allowed = window.count + amount <= limit;
    if (allowed) window.count += amount;
    this.#windows.set(key, window);
    return { allowed, ...window };
  }

  async read(key: string, windowSeconds: number): Promise<Count> {
    return this.#window(key, windowSeconds);
  }

  #window(key: string, windowSeconds: number): Count {
    const now = this.#clock.now();
    const window = this.#windows.get(key);
    return window && window.resetsAt > now
      ? { ...window }
      : { count: 0, resetsAt: now + windowSeconds * 1_000 };
  }
}
