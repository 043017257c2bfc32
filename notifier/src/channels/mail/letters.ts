const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader counts as letters: an accent stays with its letter, a family of emoji is one. */
export function lettersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
