import type { Loudness } from './loudness.ts';

/** A pause between words is heard over this long. */
const quietSeconds = 0.6;
/** A last piece up to this much longer than the others is not worth a cut. */
const lastPiece = 1.2;
/** How far before each mark a quiet place is looked for: 30 s of 10 min. */
const searched = 1 / 20;

/**
 * Where to cut a recording so that no word is cut: at the quietest place shortly before each mark, the minimum of a
 * moving mean of the frames' loudness. A threshold in decibels fails on noisy recordings; the quietest place of half a
 * minute is a pause in any. Contiguous, without overlap, and the same for the same recording.
 *
 * Answers with seconds from the start, in order; none when one piece is short enough.
 */
export function planCuts(loudness: Loudness, durationSeconds: number, chunkSeconds: number): number[] {
  const cuts: number[] = [];
  for (
    let mark = chunkSeconds;
    durationSeconds - (cuts.at(-1) ?? 0) > lastPiece * chunkSeconds;
    mark += chunkSeconds
  ) {
    cuts.push(quietestBetween(loudness, mark - searched * chunkSeconds, mark));
  }
  return cuts;
}

/** The middle of the quietest stretch, at a frame's edge. */
function quietestBetween(
  { frames, frameSeconds }: Loudness,
  startSeconds: number,
  endSeconds: number,
): number {
  const width = Math.round(quietSeconds / frameSeconds);
  const first = Math.floor(startSeconds / frameSeconds);
  const last = Math.min(Math.floor(endSeconds / frameSeconds), frames.length) - width;
  let sum = 0;
  for (let i = first; i < first + width; i++) sum += frames[i] ?? 0;
  let [quietest, best] = [sum, first];
  for (let start = first + 1; start <= last; start++) {
    sum += (frames[start + width - 1] ?? 0) - (frames[start - 1] ?? 0);
    if (sum < quietest) [quietest, best] = [sum, start];
  }
  return (best + Math.floor(width / 2)) * frameSeconds;
}
