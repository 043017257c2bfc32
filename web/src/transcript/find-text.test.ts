import { describe, expect, it } from 'vitest';
import { findText, replaced, textOfParagraph, wordsAt } from './find-text.ts';
import { spokenText } from './spoken-text.ts';

const segment = (id: number, text: string) => ({
  ...{ id, start: 3 * id, end: 3 * id + 3, text, speaker: null, confidence: 1 },
  words: text
    .split(' ')
    .map((word, at) => ({ word, start: 3 * id + at, end: 3 * id + at + 1, confidence: 1 })),
});
const paragraphs = spokenText([
  segment(0, 'Mr. Smith (the'),
  segment(1, 'smith) said $1.'),
  segment(9, 'İstanbul Smith'),
]);
const text = textOfParagraph(paragraphs[0] ?? { segments: [] });

describe('find and replace', () => {
  it('finds every place, with or without regard to case, and takes signs for what they are', () => {
    const count = (search: string, matchCase = false) => findText(paragraphs, search, { matchCase }).length;
    expect(count('smith')).toBe(3);
    expect(count('smith', true)).toBe(1);
    expect(count('the smith')).toBe(1);
    for (const signs of ['Mr. S', '(the', '$1.', 'h) s']) expect(count(signs), signs).toBe(1);
    expect(count('.*')).toBe(0);
    expect(count(' ')).toBe(0);
  });

  it('puts the other words in, as they are', () => {
    const places = findText(paragraphs, 'smith', { matchCase: false }).filter(
      ({ paragraph }) => paragraph === 0,
    );
    expect(replaced(text, places, '$& Jones')).toBe('Mr. $& Jones (the $& Jones) said $1.');
    expect(replaced(text, places, '')).toBe('Mr.  (the ) said $1.');
    expect(replaced(text, [], 'x')).toBe(text);
  });

  it('marks the words that a place lies in', () => {
    const [place] = findText(paragraphs, 'ith (the SMI', { matchCase: false });
    expect(place && paragraphs[0] && wordsAt(paragraphs[0], place)).toEqual({ from: 1, to: 3 });
    const last = findText(paragraphs, 'smith', { matchCase: false }).at(-1);
    expect(last && paragraphs[1] && wordsAt(paragraphs[1], last)).toEqual({ from: 7, to: 7 });
  });
});
