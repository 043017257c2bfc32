// For tests: `node --import` this, and the machine's clock is ahead by as many milliseconds as stand in the file that
// SHIFTED_CLOCK_FILE names; read again all the time, so that it can jump while the program runs.
import { readFileSync } from 'node:fs';

const RealDate = Date;
const realNow = Date.now.bind(Date);
let shiftMs = 0;

function look() {
  try {
    shiftMs = Number(readFileSync(process.env.SHIFTED_CLOCK_FILE, 'utf8')) || 0;
  } catch {
    // Not there: the clock is right.
  }
}
look();
setInterval(look, 50).unref();

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(realNow() + shiftMs);
    else super(...args);
  }
  static now() {
    return realNow() + shiftMs;
  }
};
