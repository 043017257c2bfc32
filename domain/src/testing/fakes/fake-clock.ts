import { Clock, type EpochMs } from '../../ports/clock.ts';

/** Stands still until it is moved. */
export class FakeClock extends Clock {
  #now: EpochMs;

  constructor(now: EpochMs = 1_800_000_000_000) {
    super();
    this.#now = now;
  }

  now(): EpochMs {
    return this.#now;
  }

  set(now: EpochMs): void {
    this.#now = now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
