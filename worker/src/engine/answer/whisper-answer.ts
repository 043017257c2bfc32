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
});
export type WhisperAnswer = z.infer<typeof WhisperAnswer>;
