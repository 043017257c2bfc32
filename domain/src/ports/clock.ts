/** Milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` counts them. */
export type EpochMs = number;

/**
 * The one source of time for leases, due times and expiry.
 * On aws it is corrected by the servers' own Date header, so that a worker whose clock is wrong can't end leases early.
 */
export abstract class Clock {
  abstract now(): EpochMs;
}

export class SystemClock extends Clock {
  now(): EpochMs {
    return Date.now();
  }
}
