import { describe, expect, it } from 'vitest';
import { readSegments } from './read-segments.ts';
import { WhisperAnswer } from './whisper-answer.ts';

type Token = [word: string, start: number, end: number, probability?: number];
const english = { durationSeconds: 10, textLanguage: 'en' };

function segment(text: string, start: number, end: number, tokens: Token[] = [[text, start, end]]) {
  const words = tokens.map(([word, from, to, probability = 0.5]) => ({
    word,
    start: from,
    end: to,
    probability,
  }));
  return { text, start, end, words };
}

describe('readSegments', () => {
  it('joins tokens into words, and takes the mean of their probabilities', () => {
    const tokens: Token[] = [
      [' tel', 0.2, 0.3, 0.9],
      ['éf', 0.3, 0.4, 0.6],
      ['ono', 0.4, 0.6, 0.6],
      [' bl', 0.7, 0.8, 0.4],
      ['anco', 0.8, 1, 0.4],
      ['.', 1, 1.2, 0.7],
    ];
    const { segments } = readSegments([segment(' teléfono blanco.', 0, 1.4, tokens)], english);
    expect(segments[0]?.text).toBe('teléfono blanco.');
    expect(segments[0]?.words).toEqual([
      { word: 'teléfono', start: 0.2, end: 0.6, confidence: expect.closeTo(0.7) },
      { word: 'blanco.', start: 0.7, end: 1.2, confidence: expect.closeTo(0.5) },
    ]);
    const product = 0.9 * 0.6 * 0.6 * 0.4 * 0.4 * 0.7;
    expect(segments[0]?.confidence).toBeCloseTo(product ** (1 / 6));
  });

  it('clamps times to the audio and keeps them in order', () => {
    const answer = [
      segment(' one two', -0.01, 4, [
        [' one', -0.01, 3.5],
        [' two', 3, 2],
      ]),
      segment(' three', 3.5, 12, [[' three', 3.5, 30]]),
      segment(' four', 11, 12),
    ];
    const { segments } = readSegments(answer, english);
    expect(segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 4],
      [4, 10],
      [10, 10],
    ]);
    expect(segments[0]?.words.map(({ start, end }) => [start, end])).toEqual([
      [0, 3],
      [3, 3.01],
    ]);
    expect(segments[1]?.words).toMatchObject([{ start: 4, end: 10 }]);
  });

  it('makes one of three or more that say the same, and says so; two may stand', () => {
    const again = (text: string, times: number) =>
      Array.from({ length: times }, (_, index) => segment(text, index, index + 1));
    const collapsed = readSegments([...again(' Bye.', 4), segment(' So.', 5, 6)], english);
    expect(collapsed.segments.map(({ text, start, end }) => [text, start, end])).toEqual([
      ['Bye.', 0, 1],
      ['So.', 5, 6],
    ]);
    expect(collapsed.repetitionsCollapsed).toBe(true);
    const kept = readSegments(again(' Bye.', 2), english);
    expect(kept.segments).toHaveLength(2);
    expect(kept.repetitionsCollapsed).toBe(false);
  });

  it('drops segments without text, and words without letters of any kind', () => {
    const answer = [
      segment('  ', 0, 1),
      segment(' Yes', 1, 2, [
        [' ', 1, 1],
        [' Yes', 1, 2],
      ]),
    ];
    const { segments } = readSegments(answer, english);
    expect(segments).toHaveLength(1);
    expect(segments[0]?.words.map(({ word }) => word)).toEqual(['Yes']);
  });

  it('survives a segment without tokens', () => {
    const answer = WhisperAnswer.parse({ segments: [{ text: ' Yes', start: 0, end: 1 }] });
    expect(readSegments(answer.segments, english).segments).toEqual([
      { start: 0, end: 1, text: 'Yes', confidence: 0, words: [] },
    ]);
  });
});
