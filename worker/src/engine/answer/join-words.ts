import type { EngineWord } from '../transcription-engine.ts';
import type { AnswerToken } from './whisper-answer.ts';

/** Written without spaces between words. */
const unspacedLanguages = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my', 'km', 'bo']);

/** Words from tokens, each with the mean of its tokens' probabilities. */
export function joinWords(tokens: AnswerToken[], language: string): EngineWord[] {
  const groups = unspacedLanguages.has(language) ? byDictionary(tokens, language) : bySpaces(tokens);
  return groups.map(wordOf).filter(({ word }) => word !== '');
}

/** A token that does not begin with a space goes on with the word before. */
function bySpaces(tokens: AnswerToken[]): AnswerToken[][] {
  return grouped(tokens, ({ word }) => word.startsWith(' '));
}

/**
 * A word begins where one begins by the language's dictionary (it is part of Node) and a token does too; punctuation stays
 * with the word before it, an opening quote or bracket with the one after.
 */
function byDictionary(tokens: AnswerToken[], language: string): AnswerToken[][] {
  const text = tokens.map(({ word }) => word).join('');
  const beginnings = new Set<number>();
  let opened = false;
  for (const { segment, index, isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(
    text,
  )) {
    const opens = /^[\s\p{Ps}\p{Pi}]+$/u.test(segment);
    if ((isWordLike || opens) && !opened) beginnings.add(index);
    opened = opens;
  }
  let position = 0;
  return grouped(tokens, ({ word }) => {
    const begins = beginnings.has(position);
    position += word.length;
    return begins;
  });
}

function grouped(tokens: AnswerToken[], begins: (token: AnswerToken) => boolean): AnswerToken[][] {
  const groups: AnswerToken[][] = [];
  for (const token of tokens) {
    const startsWord = begins(token);
    const group = groups.at(-1);
    if (group && !startsWord) group.push(token);
    else groups.push([token]);
  }
  return groups;
}

function wordOf(tokens: AnswerToken[]): EngineWord {
  const text = tokens.map(({ word }) => word).join('');
  return {
    word: text.trim(),
    start: tokens[0]?.start ?? 0,
    end: tokens.at(-1)?.end ?? 0,
    confidence: tokens.reduce((sum, { probability }) => sum + probability, 0) / Math.max(1, tokens.length),
  };
}
