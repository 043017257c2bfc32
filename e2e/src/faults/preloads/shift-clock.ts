/**
 * Loaded before a program (`--import shift-clock.ts?ms=900000`): to it, the wall clock is wrong by so much. Its monotonic
 * clock and its timers are right, as on a machine whose time was set.
 */
const shiftMs = Number(new URL(import.meta.url).searchParams.get('ms'));
const RightDate = globalThis.Date;

class ShiftedDate extends RightDate {
  constructor(...given: [] | [number | string]) {
    if (given.length === 0) super(RightDate.now() + shiftMs);
    else super(...given);
  }

  static override now(): number {
    return RightDate.now() + shiftMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
