import { unspacedScripts } from '../plain-text.ts';

/**
 * What texts are compared by: a word, or one character of a script that puts no spaces between words, so that engines, people
 * and segmenters need not agree on where such words end.
 */
export interface TextUnit {
  text: string;
  /** Offset in the text. */
  from: number;
  /** Whether a space, or the beginning of the text, goes before it. */
  spaced: boolean;
  /** A character of a script without spaces. */
  isCharacter: boolean;
}

const unit = new RegExp(`[${unspacedScripts}]|[^${unspacedScripts}\\s]+`, 'gu');
const character = new RegExp(`^[${unspacedScripts}]`, 'u');

export function textUnits(text: string): TextUnit[] {
  return [...text.matchAll(unit)].map((match) => ({
    text: match[0],
    from: match.index,
    spaced: match.index === 0 || /\s/.test(text.charAt(match.index - 1)),
    isCharacter: character.test(match[0]),
  }));
}

/** A stretch of both texts. Of those that are the same each unit has its counterpart; of the others they need not be as many. */
export interface Stretch {
  same: boolean;
  before: { from: number; end: number };
  after: { from: number; end: number };
}

/** Above it the table of a comparison would take too much memory; so much new text in one place is no correction. */
const mostCells = 4_000_000;

/**
 * Two texts as stretches that are the same and stretches that differ, by turns and in order: the longest common subsequence
 * of their units, without regard to case and punctuation.
 */
export function alignTexts(before: readonly string[], after: readonly string[]): Stretch[] {
  const [old, young] = [before.map(keyOf), after.map(keyOf)];
  const shorter = Math.min(old.length, young.length);
  let head = 0;
  while (head < shorter && old[head] === young[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++;

  const inside = commonPairs(old.slice(head, old.length - tail), young.slice(head, young.length - tail));
  const pairs = [
    ...Array.from({ length: head }, (_, index) => [index, index] as const),
    ...inside.map(([i, j]) => [i + head, j + head] as const),
    ...Array.from(
      { length: tail },
      (_, index) => [old.length - tail + index, young.length - tail + index] as const,
    ),
  ];
  return stretchesOf(pairs, old.length, young.length);
}

function keyOf(text: string): string {
  const bare = text.replace(/\p{P}/gu, '').toLowerCase();
  return bare === '' ? text : bare;
}

function commonPairs(old: string[], young: string[]): [number, number][] {
  const width = young.length + 1;
  if ((old.length + 1) * width > mostCells) return [];
  // How many units the rest of both have in common, from each place on.
  const common = new Int32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      common[i * width + j] =
        old[i] === young[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < old.length && j < young.length; ) {
    if (old[i] === young[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function stretchesOf(
  pairs: (readonly [number, number])[],
  oldLength: number,
  youngLength: number,
): Stretch[] {
  const stretches: Stretch[] = [];
  let [i, j] = [0, 0];
  const differUntil = (oldEnd: number, youngEnd: number) => {
    if (oldEnd === i && youngEnd === j) return;
    stretches.push({ same: false, before: { from: i, end: oldEnd }, after: { from: j, end: youngEnd } });
  };
  for (const [oldAt, youngAt] of pairs) {
    differUntil(oldAt, youngAt);
    const last = stretches.at(-1);
    if (last?.same && last.before.end === oldAt && last.after.end === youngAt) {
      last.before.end++;
      last.after.end++;
    } else {
      const one = (at: number) => ({ from: at, end: at + 1 });
      stretches.push({ same: true, before: one(oldAt), after: one(youngAt) });
    }
    [i, j] = [oldAt + 1, youngAt + 1];
  }
  differUntil(oldLength, youngLength);
  return stretches;
}
