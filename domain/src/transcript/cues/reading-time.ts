/**
 * How long a subtitle stands. Sources: Netflix, Timed Text Style Guide, General Requirements and English (5/6 s to 7 s, 20
 * characters a second for adults, two frames between subtitles, gaps below half a second closed to that); BBC, Subtitle
 * Guidelines, 5.2 (on screen for at most 1.5 s after the speech has stopped).
 */
export const leastSeconds = 5 / 6;
const mostSeconds = 7;
export const readingColumnsPerSecond = 20;
export const longestLingerSeconds = 1.5;
const wantedSeconds = 1;
/** Two frames of 24 a second. */
const gapSeconds = 0.083;
const smallGapSeconds = 0.5;
/** Nobody sees less: here the next cue has to wait. Only where many words stand at the same time. */
const shortestSeconds = 0.2;

export interface TimedCue {
  /** Seconds from the start of the audio, to the millisecond. */
  start: number;
  end: number;
}

/** When each is shown: from its first word on, and into the silence after its last as long as reading takes. No two overlap. */
export function timeCues<T extends TimedCue & { width: number }>(cues: T[], durationSeconds: number): T[] {
  let free = 0;
  return cues.map((cue, index) => {
    const start = toMs(Math.max(cue.start, free));
    const end = toMs(
      Math.max(endOf(cue, start, cues[index + 1]?.start, durationSeconds), start + shortestSeconds),
    );
    free = end;
    return { ...cue, start, end };
  });
}

function endOf(
  cue: TimedCue & { width: number },
  start: number,
  nextStart: number | undefined,
  durationSeconds: number,
): number {
  const spoken = Math.max(cue.end, start);
  const read = Math.min(start + cue.width / readingColumnsPerSecond, spoken + longestLingerSeconds);
  const wanted = Math.max(spoken, read, start + wantedSeconds);
  const latest = start + mostSeconds;
  if (nextStart === undefined) return Math.min(wanted, latest, Math.max(durationSeconds, spoken));
  const closeToNext = nextStart - wanted < smallGapSeconds;
  return Math.min(closeToNext ? nextStart - gapSeconds : wanted, latest);
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
