import { describe, expect, it } from 'vitest';
import { randomTranscript } from '../../testing/random-transcript.ts';
import { joinSentences, plainText } from '../plain-text.ts';
import { splitAmongSegments } from './split-among-segments.ts';

const segments = ['The sky is blue,', 'said Ana.', 'Then it rained.'];

describe('the corrected text of a paragraph', () => {
  it.each([
    ['as it was', 'The sky is blue, said Ana. Then it rained.', segments],
    [
      'a word in the middle',
      'The sky is blue, said Anna. Then it rained.',
      [segments[0], 'said Anna.', segments[2]],
    ],
    [
      'words at both ends',
      'Yes: the sky is blue, said Ana. Then it rained again!',
      ['Yes: the sky is blue,', 'said Ana.', 'Then it rained again!'],
    ],
    [
      'a new word at a border stays with the word before it',
      'The sky is blue, so said Ana. Then it rained.',
      ['The sky is blue, so', 'said Ana.', segments[2]],
    ],
    ['a whole segment gone', 'The sky is blue, Then it rained.', [segments[0], '', segments[2]]],
    ['nothing left', ' ', ['', '', '']],
    ['all of it new', 'Something else', ['Something', 'else', '']],
  ])('is split among its segments: %s', (_, text, expected) => {
    expect(splitAmongSegments(segments, text)).toEqual(expected);
  });

  it('can come back from nothing', () => {
    expect(splitAmongSegments(['', ''], 'Here again')).toEqual(['Here again', '']);
  });

  it('loses no letter', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const before = randomTranscript(seed)
        .segments.slice(0, 4)
        .map(({ text }) => text);
      const after = randomTranscript(seed + 500)
        .segments.slice(0, 3)
        .map(({ text }) => text);
      for (const text of [joinSentences(after), joinSentences([...before.slice(1), ...after])]) {
        const split = splitAmongSegments(before, text);
        expect(split).toHaveLength(before.length);
        expect(split.join('').replace(/\s/g, '')).toBe(plainText(text).replace(/\s/g, ''));
      }
    }
  });
});
