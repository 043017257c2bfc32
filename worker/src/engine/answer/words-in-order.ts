import type { EngineWord } from '../transcription-engine.ts';

/** whisper.cpp counts in hundredths: a word that has no length there gets this one, or a player could not show it. */
const shortestSeconds = 0.01;

/**
 * Within their segment, each starts after the one before, ends where the next begins at the latest, and lasts at least
 * 10 ms; where there is no room for that, all share what there is.
 */
export function wordsInOrder(words: EngineWord[], start: number, end: number): EngineWord[] {
  const room = Math.min(shortestSeconds, (end - start) / Math.max(1, words.length));
  let earliest = start;
  const starts = words.map((word, index) => {
    const wordStart = between(word.start, earliest, end - (words.length - index) * room);
    earliest = wordStart + room;
    return wordStart;
  });
  return words.map((word, index) => {
    const wordStart = starts[index] ?? start;
    const wordEnd = between(word.end, wordStart + room, starts[index + 1] ?? end);
    return { ...word, start: wholeMs(wordStart), end: wholeMs(wordEnd) };
  });
}

/** The time itself, or the limit it goes beyond; where the limits contradict each other, the first wins. */
export function between(seconds: number, least: number, most: number): number {
  return Math.min(Math.max(seconds, least), Math.max(least, most));
}

export function wholeMs(seconds: number): number {
  return Number(seconds.toFixed(3));
}
