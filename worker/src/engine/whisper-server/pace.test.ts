import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('Pace', () => {
  it('allows six times real time while nothing was measured', () => {
    expect(new Pace().deadlineMs(600)).toBe(3_600_000);
  });

  it('comes close to six times the measured speed', () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.learn(600, 60);
    expect(pace.deadlineMs(600) / 1_000).toBeCloseTo(360, 0);
  });

  it('never allows less than two minutes, however short and fast', () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.learn(600, 6);
    expect(pace.deadlineMs(5)).toBe(120_000);
  });

  it('counts in whole milliseconds, whatever was measured: a timer takes no fraction', () => {
    const pace = new Pace();
    pace.learn(60, 1.828);
    expect(Number.isInteger(pace.deadlineMs(420))).toBe(true);
  });

  it('learns nothing from a few words', () => {
    const pace = new Pace();
    pace.learn(2, 0.001);
    expect(pace.deadlineMs(600)).toBe(3_600_000);
  });
});
