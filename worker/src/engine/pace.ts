import { JobFailure, type TranscriptionOptions } from '@verbatim/domain';

/** Audio shorter than this says little about speed. */
const telltaleSeconds = 20;

export interface Work {
  durationSeconds: number;
  quality: TranscriptionOptions['quality'];
}

/** How fast this machine does this model, and from that, how long one recording may take. */
export class Pace {
  readonly #leastDeadlineSeconds: number;
  /** Seconds of audio for each second of work. Slow until it was measured: a deadline too early would waste all work. */
  #speed: number;

  constructor({ leastDeadlineSeconds = 120, speed = 1 } = {}) {
    this.#leastDeadlineSeconds = leastDeadlineSeconds;
    this.#speed = speed;
  }

  /** @throws JobFailure engine.timeout after the deadline; the signal's reason when it aborts; what `run` throws */
  async time<T>(work: Work, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadlineMs = this.deadlineMs(work);
    const tooLate = AbortSignal.timeout(deadlineMs);
    const begun = performance.now();
    try {
      const result = await run(AbortSignal.any([signal, tooLate]));
      this.learn(work, (performance.now() - begun) / 1_000);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!tooLate.aborted) throw error;
      throw new JobFailure('engine.timeout', `no answer after ${Math.round(deadlineMs / 1_000)} s`);
    }
  }

  /**
   * Six times what is expected: a noisy stretch may be decoded six times over. Whole milliseconds, as
   * AbortSignal.timeout wants them.
   */
  deadlineMs(work: Work): number {
    return Math.ceil(1_000 * Math.max(this.#leastDeadlineSeconds, (6 * effort(work)) / this.#speed));
  }

  learn(work: Work, workSeconds: number): void {
    if (work.durationSeconds < telltaleSeconds) return;
    this.#speed = 0.7 * this.#speed + 0.3 * (effort(work) / workSeconds);
  }
}

/** A beam of five takes 1.55 times as long. */
function effort({ durationSeconds, quality }: Work): number {
  return quality === 'best' ? 1.55 * durationSeconds : durationSeconds;
}
