import { breakCosts, endsSentence } from './break-costs.ts';
import { type CueWord, lineWidth } from './cue-word.ts';
import { longestLingerSeconds } from './reading-time.ts';

/**
 * What has to be known of a turn's words to lay them out, reckoned once: ten hours of speech are a hundred thousand words, and each
 * is weighed in some thirty places. A range is its first word and the word after its last.
 */
export class Layout {
  readonly words: CueWord[];
  /** Seconds; one more than there are words: when the screen is free at the latest. */
  readonly starts: Float64Array;
  /** What a break before each word costs the reader; none after the last. */
  readonly breaks: Float64Array;
  readonly #widthsBefore: Float64Array;
  readonly #sentencesBefore: Float64Array;

  constructor(words: CueWord[], language: string) {
    const size = words.length + 1;
    this.words = words;
    this.starts = new Float64Array(size);
    this.#widthsBefore = new Float64Array(size);
    this.#sentencesBefore = new Float64Array(size);
    this.breaks = new Float64Array(size);
    this.breaks.set(breakCosts(words, language));
    for (const [index, word] of words.entries()) {
      const sentenceEnds = endsSentence(word, words[index + 1]) ? 1 : 0;
      this.starts[index] = word.start;
      this.starts[index + 1] = word.end + longestLingerSeconds;
      this.#widthsBefore[index + 1] = (this.#widthsBefore[index] ?? 0) + word.width + (word.spaced ? 1 : 0);
      this.#sentencesBefore[index + 1] = (this.#sentencesBefore[index] ?? 0) + sentenceEnds;
    }
  }

  /** Columns of the words on one line. */
  widthOf(first: number, end: number): number {
    const width = (this.#widthsBefore[end] as number) - (this.#widthsBefore[first] as number);
    return this.words[first]?.spaced ? width - 1 : width;
  }

  /** How far a line reaches that begins with this word. */
  lineEnd(first: number): number {
    let end = Math.min(first + 1, this.words.length);
    while (end < this.words.length && this.widthOf(first, end + 1) <= lineWidth) end += 1;
    return end;
  }

  /** The end of the last word does not count. */
  sentenceEndsWithin(first: number, end: number): number {
    return (this.#sentencesBefore[end - 1] as number) - (this.#sentencesBefore[first] as number);
  }
}
