import { describe, expect, it } from 'vitest';
import { planCuts } from './plan-cuts.ts';

const frameSeconds = 0.03;

/** Loud everywhere but in the pauses given, in seconds. */
function loudness(seconds: number, pauses: [number, number][], noise = 0) {
  const frames = Float32Array.from({ length: Math.ceil(seconds / frameSeconds) }, (_, index) => {
    const at = index * frameSeconds;
    return pauses.some(([start, end]) => at >= start && at < end) ? noise : 0.5;
  });
  return { frameSeconds, frames };
}

describe('planning where to cut', () => {
  it('leaves alone what is not over twelve minutes', () => {
    expect(planCuts(loudness(720, []), 720, 600)).toEqual([]);
  });

  it('cuts in the pause shortly before each ten minutes', () => {
    const cuts = planCuts(
      loudness(1900, [
        [590, 591],
        [1185, 1186],
      ]),
      1900,
      600,
    );
    expect(cuts).toHaveLength(2);
    expect(cuts[0]).toBeGreaterThan(590);
    expect(cuts[0]).toBeLessThan(591);
    expect(cuts[1]).toBeGreaterThan(1185);
    expect(cuts[1]).toBeLessThan(1186);
  });

  it('finds the pause in a noisy recording too, where no threshold would', () => {
    const [cut] = planCuts(loudness(900, [[580, 581]], 0.4), 900, 600);
    expect(cut).toBeGreaterThan(580);
    expect(cut).toBeLessThan(581);
  });

  it('ignores pauses that are not near a mark', () => {
    const [cut] = planCuts(loudness(900, [[300, 302]]), 900, 600);
    expect(cut).toBeGreaterThanOrEqual(570);
    expect(cut).toBeLessThanOrEqual(600);
  });

  it('leaves no last piece that is longer than the limit, and none that is empty', () => {
    for (const seconds of [721, 1199, 1200, 1201, 1320, 36_000]) {
      const cuts = planCuts(loudness(seconds, []), seconds, 600);
      const edges = [0, ...cuts, seconds];
      const pieces = edges.slice(1).map((end, index) => end - (edges[index] ?? 0));
      expect(Math.max(...pieces)).toBeLessThanOrEqual(720);
      expect(Math.min(...pieces)).toBeGreaterThan(60);
    }
  });
});
