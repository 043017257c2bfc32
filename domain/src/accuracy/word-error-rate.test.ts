import { describe, expect, it } from 'vitest';
import { errorRate, wordEdits, wordErrorRate } from './word-error-rate.ts';

const words = (text: string) => text.split(' ').filter(Boolean);
const edits = (truth: string, heard: string) => wordEdits(words(truth), words(heard));

describe('word edits', () => {
  it.each([
    ['the cat sat down', 'the cat sat down', { hits: 4, substitutions: 0, deletions: 0, insertions: 0 }],
    ['the cat sat down', 'the dog sat down', { hits: 3, substitutions: 1, deletions: 0, insertions: 0 }],
    ['the cat sat down', 'the cat down', { hits: 3, substitutions: 0, deletions: 1, insertions: 0 }],
    ['the cat sat down', 'the cat has sat down', { hits: 4, substitutions: 0, deletions: 0, insertions: 1 }],
    ['a b c d e f g', 'a x c e f y g', { hits: 5, substitutions: 1, deletions: 1, insertions: 1 }],
    ['the cat', '', { hits: 0, substitutions: 0, deletions: 2, insertions: 0 }],
    ['', 'thank you', { hits: 0, substitutions: 0, deletions: 0, insertions: 2 }],
    ['', '', { hits: 0, substitutions: 0, deletions: 0, insertions: 0 }],
  ])('from "%s" to "%s" are counted', (truth, heard, expected) => {
    expect(edits(truth, heard)).toMatchObject(expected);
  });

  it('say of each heard word whether it is right', () => {
    expect(edits('a b c d e f g', 'a x c e f y g').heardRight).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it('of long texts, halved to save memory, are as many as were made', { timeout: 30_000 }, () => {
    // Given 12,000 different words, of which every 50th is changed, every 60th lost, and something put in after every 70th
    const truth = Array.from({ length: 12_000 }, (_, index) => `word${index}`);
    const made = { substitutions: 0, deletions: 0, insertions: 0 };
    const heard = truth.flatMap((word, index) => {
      if (index % 50 === 1) {
        made.substitutions++;
        return ['changed'];
      }
      if (index % 60 === 5) {
        made.deletions++;
        return [];
      }
      if (index % 70 !== 9) return [word];
      made.insertions++;
      return [word, 'added'];
    });
    const { heardRight, ...found } = wordEdits(truth, heard);
    const total = (counts: typeof made) => counts.substitutions + counts.deletions + counts.insertions;
    expect(total(found)).toBe(total(made));
    expect(heardRight).toHaveLength(heard.length);
    expect(found.hits).toBe(heardRight.filter(Boolean).length);
  });
});

describe('the word error rate', () => {
  it('is edits over true words, and may exceed 1', () => {
    expect(wordErrorRate('one two three four', 'one two tree four')).toBe(0.25);
    expect(wordErrorRate('yes', 'oh no no')).toBe(3);
  });

  it('of nothing said is none', () => {
    expect(errorRate(edits('', 'thank you'))).toBeNull();
  });
});
