/** What must be done to the true words to get what was heard: the fewest edits. */
export interface WordEdits {
  /** True words that were heard as they are. */
  hits: number;
  substitutions: number;
  /** True words that are missing. */
  deletions: number;
  /** Heard words that nobody said. */
  insertions: number;
  /** For each heard word in order: is it a hit? */
  heardRight: boolean[];
}

export type Edit = 'hit' | 'substitution' | 'deletion' | 'insertion';

/** Up to so many pairs of words the whole table is kept, one byte each; longer texts are halved first. */
const tableCells = 16_000_000;

/**
 * Aligns two texts word by word. Takes time by the product of their lengths (an hour of speech a third of a second, ten hours half a minute)
 * and memory by their sum, so that ten hours fit: Hirschberg, "A linear space algorithm for computing maximal common
 * subsequences", CACM 18 (1975).
 */
export function wordEdits(truth: readonly string[], heard: readonly string[]): WordEdits {
  const edits: WordEdits = { hits: 0, substitutions: 0, deletions: 0, insertions: 0, heardRight: [] };
  for (const edit of editsInOrder(truth, heard)) {
    if (edit === 'hit') edits.hits++;
    if (edit === 'substitution') edits.substitutions++;
    if (edit === 'deletion') edits.deletions++;
    if (edit === 'insertion') edits.insertions++;
    if (edit !== 'deletion') edits.heardRight.push(edit === 'hit');
  }
  return edits;
}

/** From the first word to the last: all but insertions are about the next true word, all but deletions about the next heard one. */
export function editsInOrder(truth: readonly string[], heard: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  const ids = new Map<string, number>();
  const idsOf = (words: readonly string[]) =>
    Int32Array.from(words, (word) => {
      const id = ids.get(word) ?? ids.size;
      ids.set(word, id);
      return id;
    });

  align(idsOf(truth), idsOf(heard), (edit, times) => {
    for (let i = 0; i < times; i++) edits.push(edit);
  });
  return edits;
}

/** (substitutions + deletions + insertions) / true words; null where nothing was said. */
export function errorRate(edits: Omit<WordEdits, 'heardRight'>): number | null {
  const words = edits.hits + edits.substitutions + edits.deletions;
  return words === 0 ? null : (edits.substitutions + edits.deletions + edits.insertions) / words;
}

/** Of two texts as they are written: case and punctuation count. */
export function wordErrorRate(truth: string, heard: string): number | null {
  return errorRate(wordEdits(wordsOf(truth), wordsOf(heard)));
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

type Emit = (edit: Edit, times: number) => void;

function align(truth: Int32Array, heard: Int32Array, emit: Emit): void {
  // What is equal at both ends needs no table: most of a good transcript.
  let start = 0;
  const shorter = Math.min(truth.length, heard.length);
  while (start < shorter && truth[start] === heard[start]) start++;
  let same = 0;
  while (same < shorter - start && truth[truth.length - 1 - same] === heard[heard.length - 1 - same]) same++;

  if (start > 0) emit('hit', start);
  alignDifferent(
    truth.subarray(start, truth.length - same),
    heard.subarray(start, heard.length - same),
    emit,
  );
  if (same > 0) emit('hit', same);
}

function alignDifferent(truth: Int32Array, heard: Int32Array, emit: Emit): void {
  if (truth.length === 0 || heard.length === 0) {
    if (truth.length > 0) emit('deletion', truth.length);
    if (heard.length > 0) emit('insertion', heard.length);
  } else if (truth.length === 1 || (truth.length + 1) * (heard.length + 1) <= tableCells) {
    alignByTable(truth, heard, emit);
  } else {
    // The best way through crosses the middle of the truth somewhere: where both halves together cost least.
    const middle = truth.length >> 1;
    const before = lastRow(truth.subarray(0, middle), heard);
    const after = lastRow(truth.slice(middle).reverse(), heard.slice().reverse());
    let cut = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j <= heard.length; j++) {
      const cost = at(before, j) + at(after, heard.length - j);
      if (cost < least) [least, cut] = [cost, j];
    }
    align(truth.subarray(0, middle), heard.subarray(0, cut), emit);
    align(truth.subarray(middle), heard.subarray(cut), emit);
  }
}

/** Fewest edits from the whole truth to each beginning of what was heard. */
function lastRow(truth: Int32Array, heard: Int32Array): Int32Array {
  const row = Int32Array.from({ length: heard.length + 1 }, (_, j) => j);
  for (let i = 1; i <= truth.length; i++) nextRow(row, truth[i - 1], heard);
  return row;
}

/** Turns the row of one word fewer into the next, in place; `moves`, where given, remembers how each cell was reached. */
function nextRow(row: Int32Array, word: number | undefined, heard: Int32Array, moves?: Uint8Array): void {
  let diagonal = at(row, 0);
  let left = diagonal + 1;
  row[0] = left;
  // The one loop that takes time: no calls, no allocations.
  for (let j = 1; j <= heard.length; j++) {
    const up = row[j] as number;
    let move: number = word === heard[j - 1] ? moveHit : moveSubstitution;
    let best = diagonal + move;
    if (up + 1 < best) {
      best = up + 1;
      move = moveDeletion;
    }
    if (left + 1 < best) {
      best = left + 1;
      move = moveInsertion;
    }
    if (moves) moves[j] = move;
    row[j] = best;
    diagonal = up;
    left = best;
  }
}

// The first two are also what the move costs.
const moveHit = 0;
const moveSubstitution = 1;
const moveDeletion = 2;
const moveInsertion = 3;
const editOfMove: readonly Edit[] = ['hit', 'substitution', 'deletion', 'insertion'];

function alignByTable(truth: Int32Array, heard: Int32Array, emit: Emit): void {
  const width = heard.length + 1;
  const moves = new Uint8Array((truth.length + 1) * width);
  const row = Int32Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= truth.length; i++)
    nextRow(row, truth[i - 1], heard, moves.subarray(i * width, (i + 1) * width));

  const backwards: Edit[] = [];
  for (let i = truth.length, j = heard.length; i > 0 || j > 0; ) {
    const move = i === 0 ? moveInsertion : j === 0 ? moveDeletion : (moves[i * width + j] ?? 0);
    backwards.push(editOfMove[move] ?? 'hit');
    if (move !== moveInsertion) i--;
    if (move !== moveDeletion) j--;
  }
  for (const edit of backwards.reverse()) emit(edit, 1);
}

function at(row: Int32Array, index: number): number {
  return row[index] ?? 0;
}
