import { plainText } from '../plain-text.ts';
import type { TranscriptSegment } from '../transcript.ts';
import type { CueWord } from './cue-word.ts';
import { splitWords } from './split-words.ts';

/**
 * The segment's text as words with times. The text is what people read, so it decides; the engine's words tell when each place
 * in it is spoken, and between places that they don't tell, time runs evenly with the letters. So a segment without words,
 * a corrected text, and characters that the engine heard as half a word each all come out whole.
 */
export function timeWords(segment: TranscriptSegment, language: string): CueWord[] {
  const text = plainText(segment.text);
  const clock = clockOf(knownPlaces(segment, text));
  return splitWords(text, language).map(({ text: word, from, spaced, width }) => ({
    text: word,
    spaced,
    width,
    start: clock.whenBegins(from),
    end: clock.whenEnds(from + word.length),
  }));
}

interface Place {
  /** Offset in the text. */
  at: number;
  seconds: number;
}

/** How far ahead a word is looked for: past what was corrected, but not into the next time the same word is said. */
const lookAhead = 40;

function knownPlaces(segment: TranscriptSegment, text: string): Place[] {
  const places: Place[] = [];
  let latest = 0;
  const know = (at: number, seconds: number) => {
    latest = Math.max(latest, seconds);
    places.push({ at, seconds: latest });
  };
  know(0, segment.start);
  let from = 0;
  for (const word of segment.words) {
    const spoken = plainText(word.word);
    const found = spoken === '' ? -1 : text.slice(from, from + lookAhead + spoken.length).indexOf(spoken);
    if (found < 0) continue;
    know(from + found, word.start);
    from += found + spoken.length;
    know(from, word.end);
  }
  know(text.length, segment.end);
  return places;
}

/** Answers for offsets that never go back. */
function clockOf(places: Place[]) {
  let index = 0;
  const between = (at: number): number => {
    const before = places[index];
    const after = places[index + 1];
    if (!before) return 0;
    if (!after || after.at <= before.at) return before.seconds;
    return before.seconds + ((at - before.at) / (after.at - before.at)) * (after.seconds - before.seconds);
  };
  const goOnWhile = (goOn: (next: Place) => boolean) => {
    for (let next = places[index + 1]; next && goOn(next); next = places[index + 1]) index += 1;
  };
  return {
    /** Where one word ends and the next begins at the same offset, the next one's beginning. */
    whenBegins(at: number): number {
      goOnWhile((next) => next.at <= at);
      return between(at);
    },
    whenEnds(at: number): number {
      goOnWhile((next) => next.at < at);
      return between(at);
    },
  };
}
