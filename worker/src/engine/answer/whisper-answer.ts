import { z } from 'zod';

const AnswerToken = z.object({
  /** whisper.cpp says "words", but these are tokens: pieces of words, a new word begins with a space. */
  word: z.string(),
  start: z.number(),
  end: z.number(),
  probability: z.number(),
});
export type AnswerToken = z.infer<typeof AnswerToken>;

const AnswerSegment = z.object({
  text: z.string(),
  start: z.number(),
  end: z.number(),
  words: z.array(AnswerToken).default([]),
});
export type AnswerSegment = z.infer<typeof AnswerSegment>;

/** What we use of whisper-server's `verbose_json`. Its own `language` is an English name, its `avg_logprob` is diluted. */
export const WhisperAnswer = z.object({
  segments: z.array(AnswerSegment),
  /** By language code; only where they were asked for. */
  language_probabilities: z.record(z.string(), z.number()).optional(),
});
export type WhisperAnswer = z.infer<typeof WhisperAnswer>;

export interface DetectedLanguage {
  language: string;
  /** 0 to 1; null where the engine did not tell. */
  probability: number | null;
}

/** The most probable language; null where the answer tells nothing. */
export function detectedLanguage(answer: WhisperAnswer): DetectedLanguage | null {
  const [top] = Object.entries(answer.language_probabilities ?? {}).sort(([, a], [, b]) => b - a);
  return top ? { language: top[0], probability: Math.min(1, top[1]) } : null;
}
