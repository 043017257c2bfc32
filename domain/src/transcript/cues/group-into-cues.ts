import { lineWidth } from './cue-word.ts';
import type { Layout } from './layout.ts';
import { leastSeconds, readingColumnsPerSecond } from './reading-time.ts';

/** From the beginning of the first word to that of the last: leaves a second of the seven to say it. */
const longestSpeechSeconds = 6;

/** In the same coin as the breaks of a layout. */
const costs = {
  eachCue: 10,
  /** BBC, Subtitle Guidelines: one sentence in a subtitle. Short ones that fit into one line may share it. */
  sentenceEndWithin: 12,
  /** Times the square of how full a cue is: halves are better than all and a crumb. */
  fullness: 8,
  secondTooFast: 15,
  tooShort: 25,
};

/** Where a cue's words begin, and where the next one's do. */
export interface WordRange {
  first: number;
  end: number;
}

/**
 * The words of one turn as cues of two lines at most, so that all the breaks together cost the reader least. By dynamic
 * programming: the best way to cue the words before each word, found from the best ways before it.
 */
export function groupIntoCues(layout: Layout): WordRange[] {
  const { words, starts } = layout;
  const least = new Float64Array(words.length + 1).fill(Number.POSITIVE_INFINITY);
  const begins = new Int32Array(words.length + 1);
  least[0] = 0;
  for (let first = 0; first < words.length; first += 1) {
    const last = layout.lineEnd(layout.lineEnd(first));
    const sofar = least[first] as number;
    const shortest = words[first]?.isLabel ? first + 2 : first + 1;
    for (let end = shortest; end <= last; end += 1) {
      const speech = (starts[end - 1] as number) - (starts[first] as number);
      if (speech > longestSpeechSeconds && end > shortest) break;
      const total = sofar + costOfCue(layout, first, end);
      if (total < (least[end] as number)) {
        least[end] = total;
        begins[end] = first;
      }
    }
  }
  const cues: WordRange[] = [];
  for (let end = words.length; end > 0; end = begins[end] as number) {
    cues.push({ first: begins[end] as number, end });
  }
  return cues.reverse();
}

function costOfCue(layout: Layout, first: number, end: number): number {
  const width = layout.widthOf(first, end);
  const seconds = (layout.starts[end] as number) - (layout.starts[first] as number);
  const fullness = width / (2 * lineWidth);
  let cost = costs.eachCue + (layout.breaks[end] as number) + fullness * fullness * costs.fullness;
  if (width > lineWidth) cost += layout.sentenceEndsWithin(first, end) * costs.sentenceEndWithin;
  const secondsShort = width / readingColumnsPerSecond - seconds;
  if (secondsShort > 0) cost += secondsShort * costs.secondTooFast;
  if (seconds < leastSeconds) cost += (1 - seconds / leastSeconds) * costs.tooShort;
  return cost;
}
