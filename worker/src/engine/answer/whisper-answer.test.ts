import { describe, expect, it } from 'vitest';
import { detectedLanguage } from './whisper-answer.ts';

describe('detectedLanguage', () => {
  it('is the code with the highest probability, not the English name', () => {
    const answer = { segments: [], language_probabilities: { en: 0.1, es: 0.85, pt: 0.05 } };
    expect(detectedLanguage(answer)).toEqual({ language: 'es', probability: 0.85 });
  });

  it('is not known where it was not asked for', () => {
    expect(detectedLanguage({ segments: [] })).toBeNull();
  });
});
