import { segmentsByParagraph } from '@verbatim/domain/paragraphs';
import { joinsWithoutSpace } from '@verbatim/domain/plain-text';
import type { Segment } from './transcript-data.ts';

export interface SpokenWord {
  /** Counted over the whole transcript. */
  index: number;
  text: string;
  start: number;
  end: number;
  /** 0 to 1 */
  confidence: number;
  /** Whether a space goes before it; scripts without spaces have none. */
  spaced: boolean;
}

export interface SpokenParagraph {
  start: number;
  speaker: string | null;
  segments: Segment[];
  words: SpokenWord[];
}

/**
 * A transcript as it is read: the same paragraphs as in the text file, down to the word and its time. `corrected`: what
 * segments have become since, in the paragraphs that they were read in; those must not move while somebody types.
 */
export function spokenText(
  read: readonly Segment[],
  corrected: ReadonlyMap<number, Segment> = new Map(),
): SpokenParagraph[] {
  let index = 0;
  return segmentsByParagraph(read).map((together) => {
    const segments = together.map((segment) => corrected.get(segment.id) ?? segment);
    const spoken = segments.filter(({ text }) => text !== '');
    const words = spoken.flatMap((segment, at) => {
      const before = spoken[at - 1]?.text;
      const spaced = before !== undefined && !joinsWithoutSpace(before, segment.text);
      return wordsOf(segment, spaced).map((word) => ({ ...word, index: index++ }));
    });
    return { start: together[0].start, speaker: together[0].speaker, segments, words };
  });
}

/** What an engine without word times heard is one long word. */
function wordsOf(segment: Segment, firstSpaced: boolean): Omit<SpokenWord, 'index'>[] {
  const { text, start, end, confidence } = segment;
  if (segment.words.length === 0) return [{ text, start, end, confidence, spaced: firstSpaced }];
  let rest = text;
  return segment.words.map(({ word, ...heard }, index) => {
    const at = rest.indexOf(word);
    if (at >= 0) rest = rest.slice(at + word.length);
    return { ...heard, text: word, spaced: index === 0 ? firstSpaced : at !== 0 };
  });
}

/** The word that is spoken at a moment, or was last; null before the first. `words` in the order of time. */
export function wordAt(words: readonly SpokenWord[], seconds: number): SpokenWord | null {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.start ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  return words[low - 1] ?? null;
}

/** The words that a search finds, as runs of indices: across words, without regard to case, accents and punctuation. */
export function findWords(words: readonly SpokenWord[], search: string): { from: number; to: number }[] {
  const wanted = search.split(/\s+/).map(plain).filter(Boolean);
  if (wanted.length === 0) return [];
  const texts = words.map(({ text }) => plain(text));
  const matches: { from: number; to: number }[] = [];
  for (let at = 0; at + wanted.length <= texts.length; at++) {
    const fits = wanted.every((part, offset) => {
      const text = texts[at + offset] ?? '';
      // The first and the last may be parts of words, so that results come while one types.
      if (wanted.length === 1) return text.includes(part);
      if (offset === 0) return text.endsWith(part);
      return offset === wanted.length - 1 ? text.startsWith(part) : text === part;
    });
    if (fits) matches.push({ from: at, to: at + wanted.length - 1 });
  }
  return matches;
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{Mn}\p{P}]/gu, '')
    .toLowerCase();
}
