import { describe, expect, it } from 'vitest';
import { daysOf, type Hour } from './throughput-days.ts';

const now = new Date(2026, 10, 21, 15, 30);

function anHour(day: number, clock: number, over: Partial<Hour> = {}): Hour {
  const hour = new Date(2026, 10, day, clock).toISOString();
  return { hour, completed: 1, failed: 0, audioSeconds: 60, processingSeconds: 6, ...over };
}

describe('the days that operators see', () => {
  it('are as many as asked for, today last, empty ones included', () => {
    const days = daysOf([], 7, now);
    expect(days.map(({ date }) => date.getDate())).toEqual([15, 16, 17, 18, 19, 20, 21]);
    expect(days.every(({ completed }) => completed === 0)).toBe(true);
  });

  it('sum up their hours, from midnight to midnight of this browser', () => {
    const hours = [anHour(20, 0), anHour(20, 23, { failed: 2, audioSeconds: 30 }), anHour(21, 0)];
    const [yesterday, today] = daysOf(hours, 2, now);
    expect(yesterday).toMatchObject({ completed: 2, failed: 2, audioSeconds: 90, processingSeconds: 12 });
    expect(yesterday?.hours.map(({ clock }) => clock)).toEqual([0, 23]);
    expect(today).toMatchObject({ completed: 1, failed: 0 });
  });

  it('leave out what is older', () => {
    expect(daysOf([anHour(13, 12)], 7, now).every(({ completed }) => completed === 0)).toBe(true);
  });
});
