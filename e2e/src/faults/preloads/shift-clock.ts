/**
 * Loaded before a program: to it, the wall clock is wrong by `ms` (`--import shift-clock.ts?ms=900000`), or by the
 * milliseconds that stand in `file`, which is read again all the time so that the clock can jump while the program runs.
 * Its monotonic clock and its timers are right, as on a machine whose time was set.
 */
import { readFileSync } from 'node:fs';

const { searchParams } = new URL(import.meta.url);
const file = searchParams.get('file');
let shiftMs = Number(searchParams.get('ms'));
const RightDate = globalThis.Date;

function look(path: string): void {
  try {
    shiftMs = Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    // Not there: the clock is right.
  }
}
if (file !== null) {
  look(file);
  setInterval(look, 50, file).unref();
}

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
