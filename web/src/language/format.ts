import i18next from 'i18next';

/** 3723 s -> `1:02:03`; 63 s -> `1:03`: as players show it, the same in every language. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** 95 s -> `2 minutes`: as coarse as an estimate is honest. */
export function roughDuration(seconds: number): string {
  if (seconds < 50) return inUnit(Math.max(5, Math.ceil(seconds / 5) * 5), 'second');
  if (seconds < 3000) return inUnit(Math.round(seconds / 60) || 1, 'minute');
  return inUnit(Math.round(seconds / 360) / 10, 'hour');
}

/** 1_500_000 -> `1.5 MB` */
export function fileSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power < 2 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

/** `10:41`, `yesterday, 10:41`, `3 Nov, 10:41`: when something was, told so that nobody has to count. */
export function moment(iso: string, now = new Date()): string {
  const then = new Date(iso);
  const time = new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(then);
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) {
    const yesterday = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-1, 'day');
    return `${yesterday}, ${time}`;
  }
  const sameYear = then.getFullYear() === now.getFullYear();
  const date = new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
  return `${date}, ${time}`;
}

/** `Tuesday 3`; short: `Tue`. */
export function weekday(date: Date, length: 'long' | 'short' = 'long'): string {
  const format = { weekday: length, ...(length === 'long' ? { day: 'numeric' as const } : {}) };
  return new Intl.DateTimeFormat(locale(), format).format(date);
}

/** `en` -> `English`, in the page's language; null for `und`: nothing was said, or nobody knows in what. */
export function languageName(code: string): string | null {
  if (code === 'und') return null;
  return new Intl.DisplayNames(locale(), { type: 'language', fallback: 'code' }).of(code) ?? code;
}

/** The page's language as this person's system writes it: 24 hours in Britain, 12 in America. */
function locale(): string {
  return navigator.languages.find((tag) => tag.startsWith(i18next.language)) ?? i18next.language;
}

function inUnit(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
