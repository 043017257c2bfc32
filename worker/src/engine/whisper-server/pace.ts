/** Audio shorter than this says little about speed. */
const telltaleSeconds = 20;
const leastDeadlineSeconds = 120;

/** How fast this machine does this model, and from that, how long one recording may take. */
export class Pace {
  /** Seconds of audio for each second of work. Slow until it was measured: a deadline too early would waste all work. */
  #speed = 1;

  /**
   * Six times what is expected: a noisy stretch may be decoded six times over. Whole milliseconds, as
   * AbortSignal.timeout wants them.
   */
  deadlineMs(audioSeconds: number): number {
    return Math.ceil(1_000 * Math.max(leastDeadlineSeconds, (6 * audioSeconds) / this.#speed));
  }

  learn(audioSeconds: number, workSeconds: number): void {
    if (audioSeconds < telltaleSeconds) return;
    this.#speed = 0.7 * this.#speed + 0.3 * (audioSeconds / workSeconds);
  }
}
