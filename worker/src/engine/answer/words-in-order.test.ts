import { describe, expect, it } from 'vitest';
import { wordsInOrder } from './words-in-order.ts';

function timesOf(times: [start: number, end: number][], start: number, end: number) {
  const words = times.map(([from, to]) => ({ word: 'a', start: from, end: to, confidence: 1 }));
  return wordsInOrder(words, start, end).map((word) => [word.start, word.end]);
}

describe('wordsInOrder', () => {
  it('leaves alone what is in order', () => {
    const times: [number, number][] = [
      [1, 1.2],
      [1.2, 1.5],
      [1.8, 2],
    ];
    expect(timesOf(times, 1, 2)).toEqual(times);
  });

  it('gives a word without length 10 ms and moves the next one behind it', () => {
    expect(
      timesOf(
        [
          [0.4, 0.4],
          [0.4, 0.4],
          [0.4, 0.6],
        ],
        0.4,
        0.6,
      ),
    ).toEqual([
      [0.4, 0.41],
      [0.41, 0.42],
      [0.42, 0.6],
    ]);
  });

  it('keeps room at the end for words that come too late', () => {
    expect(
      timesOf(
        [
          [5, 9],
          [9, 9],
          [9, 9],
        ],
        0,
        6,
      ),
    ).toEqual([
      [5, 5.98],
      [5.98, 5.99],
      [5.99, 6],
    ]);
  });

  it('shares out what there is where it is too short for all, and never leaves it', () => {
    const times = timesOf(
      Array.from({ length: 8 }, () => [1, 1]),
      1,
      1.005,
    );
    for (const [index, [start = 0, end = 0]] of times.entries()) {
      expect(start).toBeGreaterThanOrEqual(times[index - 1]?.[1] ?? 1);
      expect(end).toBeGreaterThanOrEqual(start);
    }
    expect(times.at(-1)?.[1]).toBe(1.005);
  });
});
