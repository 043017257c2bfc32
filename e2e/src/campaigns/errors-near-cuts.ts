import { type Edit, editsInOrder } from '@verbatim/domain';
import type { TrueSegment } from '../drivers/samples.ts';

/** How many words were heard wrong, missed, or heard though nobody said them. */
export interface ErrorCounts {
  words: number;
  substitutions: number;
  deletions: number;
  insertions: number;
}

export interface HeardErrors {
  all: ErrorCounts;
  /** What was said within so many seconds of a cut. */
  nearCuts: ErrorCounts;
}

interface TimedEdit {
  edit: Edit;
  /** When the true word is said; of an insertion, when the word before it is. */
  seconds: number;
}

/** Case and punctuation are no errors here. */
export function heardErrors(
  truth: TrueSegment[],
  heard: string,
  cuts: number[],
  withinSeconds: number,
): HeardErrors {
  const edits = timedEdits(truth, heard);
  const isNear = ({ seconds }: TimedEdit) => cuts.some((cut) => Math.abs(cut - seconds) <= withinSeconds);
  return { all: counted(edits), nearCuts: counted(edits.filter(isNear)) };
}

export function errorRateOf({ words, substitutions, deletions, insertions }: ErrorCounts): number {
  return (substitutions + deletions + insertions) / words;
}

function timedEdits(truth: TrueSegment[], heard: string): TimedEdit[] {
  const words = truth.flatMap(timedWords);
  let next = 0;
  let seconds = 0;
  return editsInOrder(
    words.map(({ word }) => word),
    wordsOf(heard),
  ).map((edit) => {
    if (edit !== 'insertion') seconds = words[next++]?.seconds ?? seconds;
    return { edit, seconds };
  });
}

/** A sentence's words, spread evenly over its time. */
function timedWords({ start, end, text }: TrueSegment): { word: string; seconds: number }[] {
  const words = wordsOf(text);
  return words.map((word, index) => ({
    word,
    seconds: start + ((end - start) * (index + 0.5)) / words.length,
  }));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

function counted(edits: TimedEdit[]): ErrorCounts {
  const count = (kind: Edit) => edits.filter(({ edit }) => edit === kind).length;
  const [substitutions, deletions, insertions] = [
    count('substitution'),
    count('deletion'),
    count('insertion'),
  ];
  return { words: edits.length - insertions, substitutions, deletions, insertions };
}
