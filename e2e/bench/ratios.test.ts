import { describe, expect, it } from 'vitest';
import { compare, spread } from './ratios.ts';

const spent = (cpuSeconds: number, wallSeconds = cpuSeconds) => ({ cpuSeconds, wallSeconds });

describe('compare', () => {
  it('gives the median of the ratios of the pairs, and between what they lie', () => {
    const { cpu, wall, rounds } = compare(
      [spent(8, 4), spent(9, 9), spent(7, 7)],
      [spent(10, 8), spent(10, 9), spent(10, 7)],
    );
    expect(cpu).toEqual({ median: 0.8, min: 0.7, max: 0.9 });
    expect(wall).toEqual({ median: 1, min: 0.5, max: 1 });
    expect(rounds).toBe(3);
  });

  it('weighs in total what took longer', () => {
    const { ours, theirs, cpuInTotal } = compare([spent(1), spent(30)], [spent(2), spent(30)]);
    expect(ours.cpuSeconds).toBe(31);
    expect(theirs.cpuSeconds).toBe(32);
    expect(cpuInTotal).toBeCloseTo(31 / 32);
  });

  it('refuses sides that did not do the same', () => {
    expect(() => compare([spent(1)], [])).toThrow('pair');
    expect(() => compare([], [])).toThrow('pair');
  });
});

describe('spread', () => {
  it('takes the middle of the two middle ones of an even number', () => {
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });
});
