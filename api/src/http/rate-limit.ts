import type { Logger } from '@verbatim/adapters';
import type { Counters, CountResult } from '@verbatim/domain';
import type { Response } from 'express';
import { Refused } from '../refused.ts';
import { tellLimit } from './rate-limit-fields.ts';

const windowSeconds = 60;

/**
 * Counts requests over all instances, and says in headers how many are left. When the counters don't answer, the request
 * goes on: whatever needs the table will say 503 itself, and what doesn't (a link, the list of formats) should not fail
 * over bookkeeping.
 */
export class RateLimit {
  private readonly counters: Counters;
  private readonly perMinute: number;
  private readonly log: Logger;

  constructor(counters: Counters, perMinute: number, log: Logger) {
    this.counters = counters;
    this.perMinute = perMinute;
    this.log = log;
  }

  /** @throws Refused request.too_many */
  async count(countedAs: string, now: number, response: Response): Promise<void> {
    const result = await this.add(countedAs);
    if (!result) return;
    const resetSeconds = Math.max(1, Math.ceil((result.resetsAt - now) / 1000));
    const remaining = Math.max(0, this.perMinute - result.count);
    tellLimit(response, {
      policy: 'requests',
      quota: this.perMinute,
      windowSeconds,
      remaining,
      resetSeconds,
    });
    if (!result.allowed) throw new Refused('request.too_many', { retryAfterSeconds: resetSeconds });
  }

  private async add(countedAs: string): Promise<CountResult | null> {
    try {
      return await this.counters.addIfBelow(countedAs, 1, this.perMinute, windowSeconds);
    } catch (error) {
      this.log.warn({ event: 'rate_limit.not_counted', error }, 'requests are not counted');
      return null;
    }
  }
}
