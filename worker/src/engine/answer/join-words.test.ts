import { describe, expect, it } from 'vitest';
import { joinWords } from './join-words.ts';

/** As whisper.cpp gives tokens: a piece of text each, hundredths of a second. */
function tokensOf(...pieces: string[]) {
  return pieces.map((word, index) => ({
    word,
    start: index / 10,
    end: (index + 1) / 10,
    probability: (index + 1) / 10,
  }));
}
const wordsOf = (language: string, ...pieces: string[]) =>
  joinWords(tokensOf(...pieces), language).map(({ word }) => word);

describe('joinWords', () => {
  it('goes on with a word until a token begins with a space', () => {
    expect(wordsOf('en', ' un', 'believ', 'able', ',', ' isn', "'t", ' it', '?')).toEqual([
      'unbelievable,',
      "isn't",
      'it?',
    ]);
  });

  it('gives a word the times from its first to its last token, and the mean of their probabilities', () => {
    expect(joinWords(tokensOf(' tel', 'éf', 'ono'), 'es')).toEqual([
      { word: 'teléfono', start: 0, end: 0.3, confidence: expect.closeTo(0.2, 10) },
    ]);
  });

  it.each([
    ['zh', ['今天', '天', '气', '很', '好', '。'], ['今天', '天气', '很好。']],
    ['yue', ['去', '饮', '茶', '。'], ['去', '饮茶。']],
    ['ja', ['東', '京', 'に', '着', 'いた', '。'], ['東京', 'に', '着いた。']],
    ['th', ['วัน', 'นี้', 'อ', 'า', 'กา', 'ศ', 'ดี'], ['วัน', 'นี้', 'อากาศ', 'ดี']],
    ['lo', ['ສະ', 'ບ', 'າຍ', 'ດີ'], ['ສະບາຍດີ']],
    ['km', ['សួ', 'ស្', 'តី'], ['សួស្តី']],
    ['my', ['မင်္ဂ', 'လာ', 'ပါ'], ['မင်္ဂလာ', 'ပါ']],
  ])('finds the words of a language without spaces: %s', (language, pieces, words) => {
    expect(wordsOf(language, ...pieces)).toEqual(words);
  });

  it('leaves names and numbers in another script whole, and punctuation with its word', () => {
    const pieces = ['今天', '「', 'i', 'Phone', '」', '，', '20', '24', '年'];
    expect(wordsOf('zh', ...pieces)).toEqual(['今天', '「iPhone」，', '2024', '年']);
  });

  it('never divides a token, even where the dictionary would', () => {
    expect(wordsOf('zh', '今天天气', '好')).toEqual(['今天天气', '好']);
  });
});
