import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Clock, type EpochMs } from '@verbatim/domain';
import { z } from 'zod';

/** What a machine measures time by, in milliseconds. */
export interface TimeSources {
  /** Since 1970, as people and NTP set it: it may jump. */
  wall(): number;
  /** Since the machine started, for all of its processes alike: it never jumps. */
  sinceBoot(): number;
  /** Another one after each start of the machine. */
  bootId: string;
}

const State = z.object({
  bootId: z.string(),
  /** What is added to the time since boot. */
  offsetMs: z.number(),
  /** When the offset was last corrected, in time since boot. */
  correctedAt: z.number(),
});
type State = z.infer<typeof State>;

const lookMs = 5_000;
/** Every ten seconds one: a lease of 30 s becomes 3 s shorter or longer at most, and its holder beats three times in it. */
const correctionMs = 1_000;
const correctEveryMs = 10_000;
/** No setting of a clock, but a machine that slept or that had no clock to start with: followed at once. */
const sleptMs = 60 * 60_000;

/**
 * The time of one machine for all programs on one data folder: it runs by the time since boot, which nobody can set, and
 * follows the wall clock slowly. So leases, due times and forms live as long as they should when somebody sets the clock.
 * What is added to the time since boot stands in a file, so that a program that starts after a jump agrees with the others.
 */
export class MachineClock extends Clock {
  readonly #file: string;
  readonly #sources: TimeSources;
  #state: State;
  #lookedAt: number;

  constructor(file: string, sources: TimeSources = thisMachine()) {
    super();
    this.#file = file;
    this.#sources = sources;
    this.#lookedAt = sources.sinceBoot();
    this.#state = this.#read() ?? this.#write(sources.wall() - this.#lookedAt);
  }

  now(): EpochMs {
    const sinceBoot = this.#sources.sinceBoot();
    if (sinceBoot - this.#lookedAt >= lookMs) {
      this.#lookedAt = sinceBoot;
      this.#correct(sinceBoot);
    }
    return Math.round(sinceBoot + this.#state.offsetMs);
  }

  /** Any program that comes across a difference makes the next correction, and the others read it. */
  #correct(sinceBoot: number): void {
    this.#state = this.#read() ?? this.#state;
    const { offsetMs, correctedAt } = this.#state;
    const behindMs = this.#sources.wall() - (sinceBoot + offsetMs);
    if (Math.abs(behindMs) <= correctionMs || sinceBoot - correctedAt < correctEveryMs) return;
    const step = behindMs > sleptMs ? behindMs : Math.sign(behindMs) * correctionMs;
    this.#state = this.#write(offsetMs + step);
  }

  #read(): State | null {
    try {
      const state = State.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      return this.#isOfThisBoot(state) ? state : null;
    } catch {
      // Not there yet; or what a failing disk left of it, which is written anew.
      return null;
    }
  }

  /** Where boots have no id, one shows that it is over by a time since boot that has not come yet in ours. */
  #isOfThisBoot({ bootId, correctedAt }: State): boolean {
    return bootId === this.#sources.bootId && correctedAt <= this.#sources.sinceBoot();
  }

  /** A disk that is full keeps the clock from being corrected and from nothing else: then it stays as it is for all. */
  #write(offsetMs: number): State {
    const { bootId } = this.#sources;
    const state: State = { bootId, offsetMs, correctedAt: this.#lookedAt };
    const unfinished = `${this.#file}.${process.pid}.part`;
    try {
      writeFileSync(unfinished, JSON.stringify(state), { mode: 0o600 });
      renameSync(unfinished, this.#file);
      return state;
    } catch {
      rmSync(unfinished, { force: true });
      return this.#state ?? state;
    }
  }
}

function thisMachine(): TimeSources {
  return {
    wall: () => Date.now(),
    sinceBoot: () => Number(process.hrtime.bigint()) / 1e6,
    bootId: bootId(),
  };
}

/** Elsewhere than on Linux the times tell a restart: one since boot that is too early, or a wall clock that is far ahead. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
