import { plainText } from '../plain-text.ts';
import type { TranscriptSegment, TranscriptWord } from '../transcript.ts';
import { alignTexts, type TextUnit, textUnits } from './align-texts.ts';

/** A person wrote it. */
const sure = 1;

interface Timed {
  start: number;
  end: number;
  confidence: number;
  /** Units of one word, or of one corrected place, belong together. */
  group: string;
}

/**
 * A segment with the text that a person gave it. Words that were heard like that, but for case and punctuation, keep their
 * times; as many words in place of as many take theirs one by one; any others share the time of what they replace, or of
 * the pause that they stand in, by their letters. Always made from what the engine heard: however often a text is
 * corrected, its times never drift. Confidence of the segment stays the engine's.
 */
export function correctSegment(heard: TranscriptSegment, text: string): TranscriptSegment {
  const plain = plainText(text);
  if (plain === plainText(heard.text)) return heard;
  // An engine that told no times of words.
  if (heard.words.length === 0) return { ...heard, text: plain };
  const before = heard.words.flatMap((word, index) => timedUnits(word, index));
  const after = textUnits(plain);
  const times = timesOf(after, before, heard);
  return { ...heard, text: plain, words: inOrder(asWords(after, times)) };
}

function timedUnits(word: TranscriptWord, index: number): (Timed & { text: string })[] {
  const units = textUnits(plainText(word.word));
  const seconds = (word.end - word.start) / Math.max(1, units.length);
  return units.map(({ text }, at) => ({
    text,
    start: word.start + at * seconds,
    end: at === units.length - 1 ? word.end : word.start + (at + 1) * seconds,
    confidence: word.confidence,
    group: `heard ${index}`,
  }));
}

function timesOf(
  after: TextUnit[],
  before: (Timed & { text: string })[],
  segment: TranscriptSegment,
): Timed[] {
  const texts = (units: { text: string }[]) => units.map(({ text }) => text);
  return alignTexts(texts(before), texts(after)).flatMap((stretch, index) => {
    const old = before.slice(stretch.before.from, stretch.before.end);
    if (stretch.same) return old;
    const young = after.slice(stretch.after.from, stretch.after.end);
    const corrected = { confidence: sure, group: `corrected ${index}` };
    if (old.length === young.length) return old.map(({ start, end }) => ({ start, end, ...corrected }));
    const start = old[0]?.start ?? before[stretch.before.from - 1]?.end ?? segment.start;
    const end = old.at(-1)?.end ?? before[stretch.before.end]?.start ?? segment.end;
    return shared(young, start, Math.max(start, end)).map((span) => ({ ...span, ...corrected }));
  });
}

/** The time from `start` to `end` among words, by their letters. */
function shared(units: TextUnit[], start: number, end: number): { start: number; end: number }[] {
  const letters = units.reduce((sum, { text }) => sum + text.length, 0);
  let done = 0;
  const now = () => start + ((end - start) * done) / letters;
  return units.map(({ text }) => {
    const begins = now();
    done += text.length;
    return { start: begins, end: now() };
  });
}

/** Characters of one word are one word again; what is written with a space between never is. */
function asWords(units: TextUnit[], times: Timed[]): TranscriptWord[] {
  const words: (TranscriptWord & { group: string; isCharacter: boolean })[] = [];
  for (const [index, { text, spaced, isCharacter }] of units.entries()) {
    const timed = times[index];
    if (!timed) continue;
    const last = words.at(-1);
    if (last && !spaced && isCharacter && last.isCharacter && last.group === timed.group) {
      last.word += text;
      last.end = timed.end;
    } else {
      words.push({ word: text, isCharacter, ...timed });
    }
  }
  return words.map(({ word, start, end, confidence }) => ({ word, start, end, confidence }));
}

/** What engines tell may overlap; to the millisecond, so that fractions don't show. */
function inOrder(words: TranscriptWord[]): TranscriptWord[] {
  let latest = 0;
  const toMs = (seconds: number) => Math.round(seconds * 1000) / 1000;
  return words.map((word) => {
    const start = toMs(Math.max(latest, word.start));
    const end = toMs(Math.max(start, word.end));
    latest = start;
    return { ...word, start, end };
  });
}
