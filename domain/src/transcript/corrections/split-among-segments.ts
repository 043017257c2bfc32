import { plainText } from '../plain-text.ts';
import { alignTexts, textUnits } from './align-texts.ts';

/**
 * The corrected text of a paragraph as the texts of its segments: each word goes to the segment of the word that it was, or
 * that it stands in the place of; one that is new, to the segment of the word before it. Segments may come out empty.
 */
export function splitAmongSegments(segments: readonly string[], corrected: string): string[] {
  const before = segments.flatMap((text, segment) =>
    textUnits(plainText(text)).map((unit) => ({ text: unit.text, segment })),
  );
  const text = plainText(corrected);
  const after = textUnits(text);
  const texts = (units: { text: string }[]) => units.map((unit) => unit.text);
  const owners = alignTexts(texts(before), texts(after)).flatMap((stretch) => {
    const oldCount = stretch.before.end - stretch.before.from;
    const youngCount = stretch.after.end - stretch.after.from;
    return Array.from({ length: youngCount }, (_, index) => {
      const at = stretch.before.from + (oldCount === 0 ? -1 : Math.floor((index * oldCount) / youngCount));
      return before[at]?.segment ?? before[0]?.segment ?? 0;
    });
  });
  return segments.map((_, segment) => {
    const first = owners.indexOf(segment);
    if (first < 0) return '';
    const last = after[owners.lastIndexOf(segment)];
    return text.slice(after[first]?.from, last && last.from + last.text.length);
  });
}
