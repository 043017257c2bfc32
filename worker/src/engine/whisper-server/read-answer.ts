import { z } from 'zod';
import type { EngineSegment, EngineWord } from '../transcription-engine.ts';

const AnswerToken = z.object({
  /** The server says "words", but these are tokens: pieces of words, a new word begins with a space. */
  word: z.string(),
  start: z.number(),
  end: z.number(),
  probability: z.number(),
});
type AnswerToken = z.infer<typeof AnswerToken>;

const AnswerSegment = z.object({
  text: z.string(),
  start: z.number(),
  end: z.number(),
  words: z.array(AnswerToken).default([]),
});
type AnswerSegment = z.infer<typeof AnswerSegment>;

/** What we use of whisper-server's `verbose_json`. Its own `language` is an English name, its `avg_logprob` is diluted. */
export const WhisperAnswer = z.object({
  segments: z.array(AnswerSegment),
  /** By language code; only where they were asked for. */
  language_probabilities: z.record(z.string(), z.number()).optional(),
});
export type WhisperAnswer = z.infer<typeof WhisperAnswer>;

/** The most probable language and how probable it is; null where the answer tells nothing. */
export function detectedLanguage(answer: WhisperAnswer): { language: string; probability: number } | null {
  const [top] = Object.entries(answer.language_probabilities ?? {}).sort(([, a], [, b]) => b - a);
  return top ? { language: top[0], probability: Math.min(1, top[1]) } : null;
}

/** Written without spaces between words: there each token counts as a word. */
const unspacedLanguages = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my', 'km', 'bo']);
/** What is said this often in a row, word for word, is a loop of the engine. */
const loopLength = 3;

/** The segments as people may have them: words whole, times within the audio and in order, loops made one. */
export function readSegments(
  answer: WhisperAnswer,
  audio: { durationSeconds: number; language: string },
): { segments: EngineSegment[]; repetitionsCollapsed: boolean } {
  const spoken = answer.segments.filter(({ text }) => text.trim() !== '');
  const once = withoutLoops(spoken);
  const spaced = !unspacedLanguages.has(audio.language);
  let earliest = 0;
  const segments = once.map((segment) => {
    const start = clamp(segment.start, earliest, audio.durationSeconds);
    const end = clamp(segment.end, start, audio.durationSeconds);
    earliest = end;
    return {
      start,
      end,
      text: segment.text.trim(),
      confidence: geometricMean(segment.words.map(({ probability }) => probability)),
      words: wordsInOrder(joinTokens(segment.words, spaced), start, end),
    };
  });
  return { segments, repetitionsCollapsed: once.length < spoken.length };
}

/** Keeps the first of three or more that say the same. */
function withoutLoops(segments: AnswerSegment[]): AnswerSegment[] {
  const kept: AnswerSegment[] = [];
  for (let first = 0; first < segments.length; ) {
    let next = first + 1;
    while (next < segments.length && segments[next]?.text.trim() === segments[first]?.text.trim()) next += 1;
    kept.push(...segments.slice(first, next - first >= loopLength ? first + 1 : next));
    first = next;
  }
  return kept;
}

function joinTokens(tokens: AnswerToken[], spaced: boolean): EngineWord[] {
  const groups: AnswerToken[][] = [];
  for (const token of tokens) {
    const group = groups.at(-1);
    if (group && spaced && !token.word.startsWith(' ')) group.push(token);
    else groups.push([token]);
  }
  return groups
    .map((group) => ({
      word: group
        .map(({ word }) => word)
        .join('')
        .trim(),
      start: group[0]?.start ?? 0,
      end: group.at(-1)?.end ?? 0,
      confidence: mean(group.map(({ probability }) => probability)),
    }))
    .filter(({ word }) => word !== '');
}

/** Starts never go back, and a word ends where the next begins, at the latest. */
function wordsInOrder(words: EngineWord[], start: number, end: number): EngineWord[] {
  let earliest = start;
  const started = words.map((word) => {
    earliest = clamp(word.start, earliest, end);
    return { ...word, start: earliest };
  });
  return started.map((word, index) => ({
    ...word,
    end: clamp(word.end, word.start, started[index + 1]?.start ?? end),
  }));
}

function clamp(seconds: number, least: number, most: number): number {
  return Number(Math.min(Math.max(seconds, least), Math.max(least, most)).toFixed(3));
}

function mean(values: number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function geometricMean(values: number[]): number {
  if (values.length === 0) return 0;
  return Math.exp(mean(values.map((value) => Math.log(Math.max(value, 1e-9)))));
}
