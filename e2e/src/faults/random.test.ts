import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  const draw = (random: Random) => Array.from({ length: 5 }, () => random.fraction());

  it('is the same for the same seed, and another for another', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random('7')));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
  });

  it('gives streams that do not disturb each other', () => {
    const one = new Random(7);
    draw(one);
    expect(draw(one.stream('kills'))).toEqual(draw(new Random(7).stream('kills')));
  });

  it('draws evenly', () => {
    const random = new Random(7);
    const share = Array.from({ length: 2_000 }, () => random.chance(0.25)).filter(Boolean).length / 2_000;
    expect(share).toBeCloseTo(0.25, 1);
  });
});
