import { describe, expect, it } from 'vitest';
import { readCliAnswer } from './read-cli-answer.ts';

/** As whisper-cli writes it: marks among the tokens, times in milliseconds, some tokens without. */
const written = JSON.stringify({
  systeminfo: 'AVX2 = 1',
  model: { type: 'base', vocab: 51_865 },
  params: { language: 'auto' },
  result: { language: 'es' },
  transcription: [
    {
      timestamps: { from: '00:00:00,180', to: '00:00:01,280' },
      offsets: { from: 180, to: 1_280 },
      text: ' Sí, claro.',
      tokens: [
        { text: '[_BEG_]', offsets: { from: 180, to: 180 }, id: 50_364, p: 0.9, t_dtw: -1 },
        { text: ' Sí', offsets: { from: 180, to: 400 }, id: 1, p: 0.5, t_dtw: -1 },
        { text: ',', id: 2, p: 0.7, t_dtw: -1 },
        { text: ' claro', offsets: { from: 500, to: 900 }, id: 3, p: 0.8, t_dtw: -1 },
        { text: '[_TT_64]', offsets: { from: 1_280, to: 1_280 }, id: 50_428, p: 0.4, t_dtw: -1 },
      ],
    },
  ],
});

describe('readCliAnswer', () => {
  it('says the same as whisper-server would, without the marks', () => {
    expect(readCliAnswer(written)).toEqual({
      language: 'es',
      segments: [
        {
          ...{ text: ' Sí, claro.', start: 0.18, end: 1.28 },
          words: [
            { word: ' Sí', start: 0.18, end: 0.4, probability: 0.5 },
            { word: ',', start: 0.18, end: 1.28, probability: 0.7 },
            { word: ' claro', start: 0.5, end: 0.9, probability: 0.8 },
          ],
        },
      ],
    });
  });

  it('refuses anything else', () => {
    expect(() => readCliAnswer('{"transcription": []}')).toThrow();
    expect(() => readCliAnswer('')).toThrow();
  });
});
