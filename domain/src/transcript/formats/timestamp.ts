/** `01:02:03.045`; SubRip has a comma before the milliseconds. */
export function timestamp(seconds: number, decimalMark: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  return `${clockTime(Math.floor(ms / 1000))}${decimalMark}${padded(ms % 1000, 3)}`;
}

/** `01:02:03` */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  return [whole / 3600, (whole / 60) % 60, whole % 60].map((value) => padded(value, 2)).join(':');
}

function padded(value: number, digits: number): string {
  return String(Math.floor(value)).padStart(digits, '0');
}
