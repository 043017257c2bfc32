import { breakLines } from './cues/break-lines.ts';
import type { CueWord } from './cues/cue-word.ts';
import { groupIntoCues } from './cues/group-into-cues.ts';
import { Layout } from './cues/layout.ts';
import { timeCues } from './cues/reading-time.ts';
import { turnsOf } from './cues/turns.ts';
import { type Transcript, textLanguageOf } from './transcript.ts';

/** One subtitle: one or two lines, on screen from `start` to `end` seconds. */
export interface Cue {
  start: number;
  end: number;
  speaker: string | null;
  lines: CueWord[][];
}

/** The whole transcript as subtitles, in order and without overlaps; every word stands in exactly one. */
export function cuesOf(transcript: Transcript): Cue[] {
  const { durationSeconds } = transcript;
  const language = textLanguageOf(transcript);
  const cues = turnsOf(transcript).flatMap(({ speaker, words }) => {
    const layout = new Layout(words, language);
    return groupIntoCues(layout).map((range) => ({
      speaker,
      start: words[range.first]?.start ?? 0,
      end: words[range.end - 1]?.end ?? 0,
      width: layout.widthOf(range.first, range.end),
      lines: breakLines(layout, range),
    }));
  });
  return timeCues(cues, durationSeconds).map(({ start, end, speaker, lines }) => ({
    start,
    end,
    speaker,
    lines,
  }));
}
