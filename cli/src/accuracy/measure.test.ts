import { aTranscript } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { measure } from './measure.ts';
import { summarise } from './summarise.ts';

const heard = (...sentences: string[]) =>
  aTranscript(sentences.map((text, index) => ({ start: 3 * index, end: 3 * index + 2, text })));

describe('measuring one recording', () => {
  it('counts exactly the edits that were made, words and characters', () => {
    // Given one word changed (3 characters), one lost (5 with its space), one put in (5)
    const truth = 'The cat sat on the warm mat. Then it slept.';
    const transcript = heard('The dog sat on the mat.', 'Then it really slept.');
    const found = measure(truth, transcript, 'en', 'whisper');
    expect(found).toMatchObject({ words: 10, hits: 8, substitutions: 1, deletions: 1, insertions: 1 });
    expect(found.wer).toBeCloseTo(3 / 10);
    expect(found).toMatchObject({ characters: 41, characterEdits: 3 + 5 + 7 });
    expect(found.cer).toBeCloseTo(15 / 41);
  });

  it('takes no account of case, punctuation and how a number is written', () => {
    const found = measure("IT'S TWENTY FIVE PAST NINE", heard('It is 25 past nine!'), 'en', 'whisper');
    expect(found).toMatchObject({ wer: 0, cer: 0 });
  });

  it('compares letters where words are not parted', () => {
    const found = measure('你好世界', heard('你好，世间。'), 'zh', 'whisper');
    expect(found).toMatchObject({ words: 4, substitutions: 1 });
  });

  it('has no rate where nothing is said, and counts what was made up', () => {
    expect(measure('', heard('Thank you.'), 'en', 'whisper')).toMatchObject({
      wer: null,
      cer: null,
      insertions: 2,
    });
  });

  it('knows the confidence of each compared word, right or wrong', () => {
    const transcript = heard("It's a dog.");
    transcript.segments[0]?.words.forEach((word, index) => {
      word.confidence = 0.9 - 0.3 * index;
    });
    const { wordConfidences } = measure('It is a cat', transcript, 'en', 'whisper');
    expect(wordConfidences).toEqual([
      { confidence: 0.9, right: true },
      { confidence: 0.9, right: true },
      { confidence: expect.closeTo(0.6), right: true },
      { confidence: expect.closeTo(0.3), right: false },
    ]);
  });

  it('trusts no confidences of words that do not add up to the text', () => {
    const transcript = { ...heard('One two.'), text: 'Another text.' };
    expect(measure('Another text', transcript, 'en', 'whisper')).toMatchObject({
      wer: 0,
      wordConfidences: [],
    });
  });
});

const aFile = (words: number, errors: number) => ({
  ...measure('', heard(), 'en', 'none'),
  words,
  hits: words - errors,
  substitutions: errors,
  file: 'a.mp3',
  model: 'demo',
  confidence: 1,
  audioSeconds: 10,
  processingSeconds: 2,
});

describe('many recordings together', () => {
  it('count each word the same, not each recording', () => {
    const summary = summarise([aFile(90, 0), aFile(10, 10)]);
    expect(summary).toMatchObject({ files: 2, words: 100, substitutions: 10, wer: 0.1, realTimeFactor: 0.2 });
  });

  it('have an interval that holds the rate, narrows with more of them, and is the same each time', () => {
    const some = Array.from({ length: 20 }, (_, index) => aFile(100, index % 4));
    const [low, high] = summarise(some).werInterval ?? [0, 0];
    expect(low).toBeLessThan(0.015);
    expect(high).toBeGreaterThan(0.015);
    const [lowOfMany, highOfMany] = summarise(Array(10).fill(some).flat()).werInterval ?? [0, 0];
    expect(highOfMany - lowOfMany).toBeLessThan((high - low) / 2);
    expect(summarise(some).werInterval).toEqual([low, high]);
  });

  it('have no interval when there is only one', () => {
    expect(summarise([aFile(100, 3)]).werInterval).toBeNull();
  });
});

describe('calibration', () => {
  const words = (count: number, rightOnes: number, confidence: number) =>
    Array.from({ length: count }, (_, index) => ({ confidence, right: index < rightOnes }));

  it('is perfect where eight in ten of the words with 0.8 are right', () => {
    const { bins, meanGap } = calibrate([...words(10, 8, 0.8), ...words(10, 3, 0.3)]);
    expect(bins[8]).toMatchObject({ from: 0.8, words: 10, right: 0.8 });
    expect(meanGap).toBeCloseTo(0);
  });

  it('has a gap as wide as confidence exceeds the truth, and takes 1.0 into its last bin', () => {
    const { bins, meanGap } = calibrate(words(10, 5, 1));
    expect(bins[9]).toMatchObject({ words: 10, meanConfidence: 1, right: 0.5 });
    expect(meanGap).toBe(0.5);
  });

  it('correlates fully where confidence tells right from wrong, and not at all where it never varies', () => {
    expect(calibrate([...words(5, 5, 0.9), ...words(5, 0, 0.1)]).correlation).toBeCloseTo(1);
    expect(calibrate(words(10, 5, 0.7)).correlation).toBeNull();
  });
});
