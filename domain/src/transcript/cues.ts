import type { Transcript, TranscriptSegment } from './transcript.ts';

/** One subtitle: at most two lines, on screen from `start` to `end` seconds. */
export interface Cue {
  start: number;
  end: number;
  lines: string[];
}

/** The customs of subtitling: 42 characters a line, two lines, seven seconds. */
const lineLength = 42;
const maxSeconds = 7;

/** Segments cut into cues that can be read, at word boundaries, in order and without overlaps. */
export function cuesOf(transcript: Transcript): Cue[] {
  const cues = transcript.segments.flatMap(cuesOfSegment);
  return cues.map((cue, index) => {
    const next = cues[index + 1];
    return next && cue.end > next.start ? { ...cue, end: Math.max(cue.start, next.start) } : cue;
  });
}

interface TimedText {
  text: string;
  start: number;
  end: number;
}

function cuesOfSegment(segment: TranscriptSegment): Cue[] {
  const pieces: TimedText[] = segment.words.length > 0 ? segment.words.map(timedWord) : [segment];
  const groups: TimedText[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const first = group?.[0];
    const fits =
      group &&
      first &&
      textOf([...group, piece]).length <= 2 * lineLength &&
      wrap(textOf([...group, piece])).length <= 2 &&
      piece.end - first.start <= maxSeconds;
    if (fits) group.push(piece);
    else groups.push([piece]);
  }
  return groups.map((group) => ({
    start: group[0]?.start ?? segment.start,
    end: group.at(-1)?.end ?? segment.end,
    lines: wrap(textOf(group)),
  }));
}

function timedWord(word: { word: string; start: number; end: number }): TimedText {
  return { text: word.word, start: word.start, end: word.end };
}

function textOf(pieces: TimedText[]): string {
  return pieces.map((piece) => piece.text.trim()).join(' ');
}

/** Lines of at most 42 characters, broken at spaces; a word longer than a line stays whole. */
function wrap(text: string): string[] {
  if (text.length <= lineLength) return [text];
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > lineLength) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
