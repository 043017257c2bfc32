import { type CueWord, lineWidth } from './cue-word.ts';
import type { WordRange } from './group-into-cues.ts';
import type { Layout } from './layout.ts';

/** For each column that one line is longer than the other. */
const costPerColumn = 0.25;
/** A longer first line hides more of the picture. */
const costOfLongFirstLine = 2;

/** One line if they fit into it, else two: broken where it reads well, and about equally long. */
export function breakLines(layout: Layout, { first, end }: WordRange): CueWord[][] {
  const { words, breaks } = layout;
  if (layout.widthOf(first, end) <= lineWidth) return [words.slice(first, end)];
  let best = { at: first + 1, cost: Number.POSITIVE_INFINITY };
  for (let at = first + 1; at < end; at += 1) {
    const upper = layout.widthOf(first, at);
    const lower = layout.widthOf(at, end);
    if (upper > lineWidth || lower > lineWidth) continue;
    const unequal = Math.abs(upper - lower) * costPerColumn + (upper > lower ? costOfLongFirstLine : 0);
    const cost = (breaks[at] as number) + unequal;
    if (cost < best.cost) best = { at, cost };
  }
  return [words.slice(first, best.at), words.slice(best.at, end)];
}
