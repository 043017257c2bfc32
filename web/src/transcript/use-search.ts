import { splitAmongSegments } from '@verbatim/domain/corrections';
import { useMemo, useState } from 'react';
import type { Texts } from './corrections.ts';
import { type FoundText, findText, replaced, textOfParagraph, wordsAt } from './find-text.ts';
import { noSearch } from './search-field.tsx';
import { findWords, type SpokenParagraph } from './spoken-text.ts';

/** The search in a text: how many places it finds, the one that is shown, and what replacing them comes to. */
export function useSearch(paragraphs: SpokenParagraph[], onCorrect: (texts: Texts) => void) {
  const [search, setSearch] = useState(noSearch);
  const { text, replacing } = search;
  const matchCase = replacing?.matchCase ?? null;
  // To be replaced is what stands there letter by letter; to be found, what sounds the same.
  const places = useMemo(
    () => (matchCase === null ? [] : findText(paragraphs, text, { matchCase })),
    [paragraphs, text, matchCase],
  );
  const words = useMemo(
    () =>
      matchCase === null
        ? findWords(
            paragraphs.flatMap((paragraph) => paragraph.words),
            text,
          )
        : places.map((place) => wordsAt(paragraphs[place.paragraph] as SpokenParagraph, place)),
    [paragraphs, text, matchCase, places],
  );
  // There may be fewer than a moment ago.
  const at = Math.min(search.at, Math.max(0, words.length - 1));

  function replace(which: 'one' | 'all'): void {
    const chosen = which === 'all' ? places : places.slice(at, at + 1);
    onCorrect(correctionsOf(chosen, replacing?.by ?? '', paragraphs));
  }

  return { search: { ...search, at }, setSearch, matches: words.length, match: words[at] ?? null, replace };
}

function correctionsOf(places: FoundText[], by: string, paragraphs: SpokenParagraph[]): Texts {
  const byParagraph = Map.groupBy(places, ({ paragraph }) => paragraph);
  const texts = new Map<number, string>();
  for (const [index, found] of byParagraph) {
    const paragraph = paragraphs[index];
    if (!paragraph) continue;
    const { segments } = paragraph;
    const split = splitAmongSegments(
      segments.map((segment) => segment.text),
      replaced(textOfParagraph(paragraph), found, by),
    );
    for (const [place, { id }] of segments.entries()) texts.set(id, split[place] ?? '');
  }
  return texts;
}
