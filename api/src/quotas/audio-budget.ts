import { audioCounterOf, audioWindowSeconds, type Clock, type Count, type Counters } from '@verbatim/domain';
import { Refused } from '../refused.ts';

/**
 * How many seconds of audio may be transcribed for a user in a day. The worker counts them, once a job, by what was decoded
 * (`worker/src/steps/charge-audio.ts`); here only who has none left is turned away.
 */
export class AudioBudget {
  private readonly counters: Counters;
  private readonly clock: Clock;
  /** Null: no limit. */
  readonly limitSeconds: number | null;

  constructor(counters: Counters, clock: Clock, limitSeconds: number | null) {
    this.counters = counters;
    this.clock = clock;
    this.limitSeconds = limitSeconds;
  }

  /** @throws Refused quota.audio_hours */
  async check(userId: string): Promise<void> {
    const { limitSeconds } = this;
    if (limitSeconds === null) return;
    const { count, resetsAt } = await this.used(userId);
    if (count < limitSeconds) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((resetsAt - this.clock.now()) / 1000));
    throw new Refused('quota.audio_hours', {
      retryAfterSeconds,
      limit: {
        policy: 'audio-seconds',
        quota: limitSeconds,
        windowSeconds: audioWindowSeconds,
        remaining: 0,
        resetSeconds: retryAfterSeconds,
      },
    });
  }

  /** In seconds. */
  used(userId: string): Promise<Count> {
    return this.counters.read(audioCounterOf(userId), audioWindowSeconds);
  }
}
