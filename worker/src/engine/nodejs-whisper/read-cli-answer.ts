import { z } from 'zod';
import type { AnswerSegment } from '../answer/whisper-answer.ts';

/** Milliseconds. */
const Offsets = z.object({ from: z.number(), to: z.number() });

/** What we use of whisper-cli's `--output-json-full`. */
const CliAnswer = z.object({
  result: z.object({ language: z.string() }),
  transcription: z.array(
    z.object({
      offsets: Offsets,
      text: z.string(),
      tokens: z.array(z.object({ text: z.string(), p: z.number(), offsets: Offsets.optional() })),
    }),
  ),
});

/** Marks of time, of the beginning and so on: nobody said them. */
const isMark = (text: string) => /^\[_\w+\]$/.test(text);

/** The same as whisper-server would have answered. @throws Error when it is no such answer */
export function readCliAnswer(json: string): { language: string; segments: AnswerSegment[] } {
  const { result, transcription } = CliAnswer.parse(JSON.parse(json));
  const segments = transcription.map(({ text, offsets, tokens }) => ({
    ...{ text, start: offsets.from / 1_000, end: offsets.to / 1_000 },
    words: tokens
      .filter((token) => !isMark(token.text))
      .map((token) => ({
        word: token.text,
        start: (token.offsets ?? offsets).from / 1_000,
        end: (token.offsets ?? offsets).to / 1_000,
        probability: token.p,
      })),
  }));
  return { language: result.language, segments };
}
