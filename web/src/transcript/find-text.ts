import { joinSentences, plainText } from '@verbatim/domain/plain-text';
import type { SpokenParagraph } from './spoken-text.ts';

/** A place in a paragraph's text, as offsets. */
export interface FoundText {
  paragraph: number;
  from: number;
  end: number;
}

export function textOfParagraph({ segments }: Pick<SpokenParagraph, 'segments'>): string {
  return joinSentences(segments.map(({ text }) => plainText(text)).filter((text) => text !== ''));
}

/** Every place where a text stands, letter by letter: what can be replaced. */
export function findText(
  paragraphs: readonly SpokenParagraph[],
  search: string,
  { matchCase }: { matchCase: boolean },
): FoundText[] {
  const wanted = search.trim();
  if (wanted === '') return [];
  const literally = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), matchCase ? 'gu' : 'giu');
  return paragraphs.flatMap((paragraph, index) =>
    [...textOfParagraph(paragraph).matchAll(literally)].map((match) => ({
      paragraph: index,
      from: match.index,
      end: match.index + match[0].length,
    })),
  );
}

/** The text with other words in all these places. */
export function replaced(text: string, places: readonly FoundText[], replacement: string): string {
  let [result, done] = ['', 0];
  for (const { from, end } of places) {
    result += text.slice(done, from) + replacement;
    done = end;
  }
  return result + text.slice(done);
}

/** The words that a place lies in, by their indices over the whole transcript. */
export function wordsAt(
  { words, segments }: SpokenParagraph,
  { from, end }: FoundText,
): { from: number; to: number } {
  const text = textOfParagraph({ segments });
  let at = 0;
  const inside = words.filter((word) => {
    const begins = text.indexOf(word.text, at);
    if (begins < 0) return false;
    at = begins + word.text.length;
    return begins < end && at > from;
  });
  const first = words[0]?.index ?? 0;
  return { from: inside[0]?.index ?? first, to: inside.at(-1)?.index ?? first };
}
