import { describe, expect, it } from 'vitest';
import { findWords, spokenText, wordAt } from './spoken-text.ts';

const segment = (start: number, text: string, words: string[], speaker: string | null = null) => ({
  id: start,
  start,
  end: start + words.length,
  text,
  speaker,
  confidence: 0.9,
  words: words.map((word, at) => ({ word, start: start + at, end: start + at + 1, confidence: 0.9 })),
});

const paragraphs = spokenText([
  segment(0, 'Yes, I agree.', ['Yes,', 'I', 'agree.']),
  segment(3, 'El café está aquí.', ['El', 'café', 'está', 'aquí.'], 'B'),
  segment(20, '今日は', ['今日', 'は'], 'B'),
]);
const words = paragraphs.flatMap((paragraph) => paragraph.words);

describe('a transcript as it is read', () => {
  it('has a paragraph for each speaker and after each pause, its words counted through', () => {
    expect(paragraphs.map(({ start, speaker }) => [start, speaker])).toEqual([
      [0, null],
      [3, 'B'],
      [20, 'B'],
    ]);
    expect(words.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps words apart only where the text does', () => {
    expect(words.slice(-2).map(({ text, spaced }) => [text, spaced])).toEqual([
      ['今日', false],
      ['は', false],
    ]);
    expect(words[1]?.spaced).toBe(true);
    const [together] = spokenText([segment(0, 'Yes.', ['Yes.']), segment(1, 'No.', ['No.'])]);
    expect(together?.words.map(({ spaced }) => spaced)).toEqual([false, true]);
  });

  it('shows what was corrected in the paragraphs that were read, and counts its words through', () => {
    const [first, second] = [segment(0, 'Yes.', ['Yes.']), segment(1, 'No.', ['No.'])];
    const emptied = { ...first, text: '', words: [] };
    const more = segment(1, 'No, never.', ['No,', 'never.']);
    const read = [first, second, segment(30, 'End.', ['End.'])];
    const shown = spokenText(
      read,
      new Map([
        [0, emptied],
        [1, more],
      ]),
    );
    expect(
      shown.map((paragraph) => paragraph.words.map(({ index, text, spaced }) => [index, text, spaced])),
    ).toEqual([
      [
        [0, 'No,', false],
        [1, 'never.', true],
      ],
      [[2, 'End.', false]],
    ]);
    expect(shown[0]?.segments).toEqual([emptied, more]);
  });

  it('knows the word at any moment, in pauses the one before', () => {
    expect(wordAt(words, -1)).toBeNull();
    expect(wordAt(words, 1.5)?.text).toBe('I');
    expect(wordAt(words, 12)?.text).toBe('aquí.');
    expect(wordAt(words, 999)?.text).toBe('は');
  });

  it('finds parts of words and words in a row, whatever their case and accents', () => {
    expect(findWords(words, 'CAFE')).toEqual([{ from: 4, to: 4 }]);
    expect(findWords(words, 'yes i')).toEqual([{ from: 0, to: 1 }]);
    expect(findWords(words, 'cafe esta aq')).toEqual([{ from: 4, to: 6 }]);
    expect(findWords(words, 'nowhere')).toEqual([]);
    expect(findWords(words, ' ')).toEqual([]);
  });
});
