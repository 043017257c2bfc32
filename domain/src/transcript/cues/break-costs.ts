import type { CueWord } from './cue-word.ts';
import { leaningWordsOf } from './leaning-words.ts';

/** How much a reader would mind: 0 after a sentence, most after an article. Of lines and of cues alike. */
const costs = { sentence: 0, clause: 4, beforeLeaning: 9, anywhere: 13, afterLeaning: 24, afterLabel: 40 };
/** A pause makes any break look natural. */
const costPerSecondOfPause = 12;

const closers = `["'”’»›)\\]}」』】）]*$`;
const sentenceEnd = new RegExp(`[.!?…。！？｡؟۔।॥]${closers}`, 'u');
const clauseEnd = new RegExp(`[,;:،、，；：—–]${closers}`, 'u');
/** A full stop that ends no sentence. */
const abbreviation =
  /^["'“‘«(]*(?:\p{L}|mr|mrs|ms|dr|prof|st|vs|sr|sra|ud|uds|hr|fr|nr|mme|z\.b|e\.g|i\.e|p\.ej)\.$/iu;
const beginsLower = /^\p{Ll}/u;

/** What it costs to break before each word. The first has nothing before it: 0. */
export function breakCosts(words: CueWord[], language: string): number[] {
  const leaning = leaningWordsOf(language);
  return words.map((word, index) => {
    const previous = words[index - 1];
    if (!previous) return 0;
    const pause = Math.min(1, Math.max(0, word.start - previous.end));
    return Math.max(0, costBetween(previous, word, leaning) - pause * costPerSecondOfPause);
  });
}

function costBetween(previous: CueWord, word: CueWord, leaning: ReadonlySet<string>): number {
  if (previous.isLabel) return costs.afterLabel;
  if (endsSentence(previous, word)) return costs.sentence;
  if (clauseEnd.test(previous.text)) return costs.clause;
  if (leaning.has(previous.text.toLowerCase())) return costs.afterLeaning;
  return leaning.has(word.text.toLowerCase()) ? costs.beforeLeaning : costs.anywhere;
}

/** Whether `previous` is the last word of a sentence, seen by itself and by what follows. */
export function endsSentence(previous: CueWord, word: CueWord | undefined): boolean {
  if (!sentenceEnd.test(previous.text)) return false;
  return !word || !(beginsLower.test(word.text) || abbreviation.test(previous.text));
}
