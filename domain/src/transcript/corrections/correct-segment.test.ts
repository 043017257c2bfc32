import { describe, expect, it } from 'vitest';
import { randomTranscript } from '../../testing/random-transcript.ts';
import type { TranscriptSegment } from '../transcript.ts';
import { correctSegment } from './correct-segment.ts';

/** Words of half a second each, one a second from 10 s on. */
function heard(text: string, words = text.split(' ')): TranscriptSegment {
  const timed = words.map((word, at) => ({ word, start: 10 + at, end: 10.5 + at, confidence: 0.4 }));
  return { id: 7, start: 9, end: 10 + words.length, text, speaker: null, confidence: 0.4, words: timed };
}

const timesOf = (segment: TranscriptSegment) =>
  segment.words.map(({ word, start, end }) => `${word} ${start}-${end}`);

describe('a corrected segment', () => {
  it('is what was heard, when its text is', () => {
    const segment = heard('to be or not');
    expect(correctSegment(segment, ' to  be or not\n')).toEqual(segment);
  });

  it('keeps the times of unchanged words, also where only case or punctuation changed', () => {
    const corrected = correctSegment(heard('so i agree with you'), 'So, I agree with you!');
    expect(timesOf(corrected)).toEqual([
      'So, 10-10.5',
      'I 11-11.5',
      'agree 12-12.5',
      'with 13-13.5',
      'you! 14-14.5',
    ]);
  });

  it('gives as many words in place of as many their times, one by one, and is sure of them', () => {
    const { words } = correctSegment(heard('we met Jon Smit there'), 'we met John Smith there');
    expect(words.slice(2, 4)).toEqual([
      { word: 'John', start: 12, end: 12.5, confidence: 1 },
      { word: 'Smith', start: 13, end: 13.5, confidence: 1 },
    ]);
    expect(words[1]?.confidence).toBe(0.4);
  });

  it('shares the time of what is replaced among more or fewer words, by their letters', () => {
    expect(timesOf(correctSegment(heard('I am gonna go'), 'I am going to go'))).toEqual([
      'I 10-10.5',
      'am 11-11.5',
      'going 12-12.357',
      'to 12.357-12.5',
      'go 13-13.5',
    ]);
    expect(timesOf(correctSegment(heard('a new so und here'), 'a sound here'))).toEqual([
      'a 10-10.5',
      'sound 11-13.5',
      'here 14-14.5',
    ]);
  });

  it('puts a new word into the pause that it stands in', () => {
    expect(timesOf(correctSegment(heard('it was good'), 'Yes it was very good indeed'))).toEqual([
      'Yes 9-10',
      'it 10-10.5',
      'was 11-11.5',
      'very 11.5-12',
      'good 12-12.5',
      'indeed 12.5-13',
    ]);
  });

  it('keeps words of scripts without spaces, wherever the engine cut them', () => {
    const segment = heard('今日は天気がいい', ['今日', 'は', '天気', 'がいい']);
    expect(timesOf(correctSegment(segment, '今日も天気がいい。'))).toEqual([
      '今日 10-10.5',
      'も 11-11.5',
      '天気 12-12.5',
      'がいい 13-13.5',
      '。 13.5-14',
    ]);
  });

  it('has no words where there is no text, and none where the engine told none', () => {
    expect(correctSegment(heard('it was good'), '  ')).toMatchObject({
      text: '',
      words: [],
      start: 9,
      end: 13,
    });
    expect(correctSegment({ ...heard('it was'), words: [] }, 'It is')).toMatchObject({
      text: 'It is',
      words: [],
    });
  });

  it('holds no lines and no control characters', () => {
    expect(correctSegment(heard('it was'), 'it\r\n\u0000 <b>is</b>\t\u001b[31m').text).toBe(
      'it <b>is</b> [31m',
    );
  });

  it('spells its text in order of time, whatever was heard and is written', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [from, to] = [randomTranscript(seed), randomTranscript(seed + 1000)];
      for (const [index, segment] of from.segments.entries()) {
        const other = to.segments[index]?.text ?? '';
        for (const text of [other, `${segment.text} ${other}`, segment.text.slice(3), '']) {
          expectWellFormed(correctSegment(segment, text), segment);
        }
      }
    }
  });

  it('takes a great deal of text in a moment', () => {
    const words = Array.from({ length: 3000 }, (_, index) => `word${index}`);
    const begun = performance.now();
    expectWellFormed(correctSegment(heard(words.join(' ')), words.toReversed().join(' ')), heard('x'));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

function expectWellFormed({ text, words }: TranscriptSegment, original: TranscriptSegment): void {
  if (text === original.text) return;
  if (words.length > 0) {
    expect(
      words
        .map(({ word }) => word)
        .join('')
        .replace(/\s/g, ''),
    ).toBe(text.replace(/\s/g, ''));
  }
  let latest = 0;
  for (const { start, end } of words) {
    expect(start).toBeGreaterThanOrEqual(latest);
    expect(end).toBeGreaterThanOrEqual(start);
    latest = start;
  }
}
