import { isUnspaced } from '../plain-text.ts';
import { lineWidth } from './cue-word.ts';
import { displayWidth } from './display-width.ts';

export interface PlacedWord {
  text: string;
  /** Its offset in the text that it was taken from. */
  from: number;
  spaced: boolean;
  width: number;
}

/** A line of text as the words that lines may be broken between; none is wider than a line. */
export function splitWords(text: string, language: string): PlacedWord[] {
  const words: PlacedWord[] = [];
  for (const { text: part, from, spaced } of parts(text, language)) {
    const word = { text: part, from, spaced, width: displayWidth(part) };
    const previous = words.at(-1);
    if (previous && belongTogether(previous, word)) words[words.length - 1] = joined(previous, word);
    else if (word.width <= lineWidth) words.push(word);
    else words.push(...brokenUp(word));
  }
  return words;
}

function* parts(text: string, language: string): Iterable<Omit<PlacedWord, 'width'>> {
  let from = 0;
  for (const token of text.split(' ')) {
    if (isUnspaced(token)) {
      for (const { segment, index } of wordSegmenter(language).segment(token)) {
        yield { text: segment, from: from + index, spaced: index === 0 };
      }
    } else if (token !== '') {
      yield { text: token, from, spaced: true };
    }
    from += token.length + 1;
  }
}

const onlyPunctuation = /^[\p{Pe}\p{Pf}\p{Po}]+$/u;
/** Never first in a line: closing punctuation, marks, and what lengthens or shrinks a Japanese syllable. */
const beginsClosing = /^[\p{Pe}\p{Pf}\p{Po}\p{M}ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々]/u;
/** Never last in a line. */
const endsOpening = /[\p{Ps}\p{Pi}¿¡]$/u;

/** French sets a space before `?` and `»`, and Chinese none at all: neither may begin a line. */
function belongTogether(previous: PlacedWord, word: PlacedWord): boolean {
  const close = word.spaced ? onlyPunctuation.test(word.text) : beginsClosing.test(word.text);
  if (!close && !endsOpening.test(previous.text)) return false;
  return joined(previous, word).width <= lineWidth;
}

function joined(previous: PlacedWord, word: PlacedWord): PlacedWord {
  const space = word.spaced ? ' ' : '';
  return {
    ...previous,
    text: `${previous.text}${space}${word.text}`,
    width: previous.width + space.length + word.width,
  };
}

/** Wider than a line: an address, a hash, someone's idea of a joke. Broken between what people take for characters. */
function brokenUp(word: PlacedWord): PlacedWord[] {
  const pieces: PlacedWord[] = [];
  for (const { segment, index } of graphemes.segment(word.text)) {
    const piece = { text: segment, from: word.from + index, spaced: false, width: displayWidth(segment) };
    const previous = pieces.at(-1);
    if (previous && previous.width + piece.width <= lineWidth)
      pieces[pieces.length - 1] = joined(previous, piece);
    else pieces.push({ ...piece, spaced: index === 0 && word.spaced });
  }
  return pieces;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wordSegmenters = new Map<string, Intl.Segmenter>();

function wordSegmenter(language: string): Intl.Segmenter {
  let segmenter = wordSegmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(knownLocale(language), { granularity: 'word' });
    wordSegmenters.set(language, segmenter);
  }
  return segmenter;
}

/** A transcript may name any language; Intl throws at what is no tag at all. */
function knownLocale(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
