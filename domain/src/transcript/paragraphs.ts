import { joinSentences, plainText } from './plain-text.ts';
import type { Transcript, TranscriptSegment } from './transcript.ts';

type SpokenSegment = Pick<TranscriptSegment, 'start' | 'end' | 'text' | 'speaker'>;

export interface Paragraph {
  /** Seconds from the start of the audio. */
  start: number;
  speaker: string | null;
  text: string;
}

/** A silence this long begins a new paragraph. */
const pauseSeconds = 2;
/** Some speakers make no pauses: from here on, the end of a sentence is enough. */
const longParagraph = 800;
const endsSentence = /[.!?…。！？]["'”’»)」』]*$/u;

/** The text for reading: a paragraph ends at a pause, where another speaks, and before it becomes a wall. */
export function paragraphsOf({ segments }: Pick<Transcript, 'segments'>): Paragraph[] {
  return segmentsByParagraph(segments).map((together) => ({
    start: together[0].start,
    speaker: speakerOf(together[0]),
    text: joinSentences(together.map((segment) => plainText(segment.text))),
  }));
}

/** The same paragraphs with all that is known of their segments; those without text are left out. */
export function segmentsByParagraph<Segment extends SpokenSegment>(
  segments: readonly Segment[],
): [Segment, ...Segment[]][] {
  const paragraphs: [Segment, ...Segment[]][] = [];
  let end = Number.NEGATIVE_INFINITY;
  let length = 0;
  for (const segment of segments) {
    const text = plainText(segment.text);
    if (text === '') continue;
    const open = paragraphs.at(-1);
    const last = open?.at(-1);
    const full = length > longParagraph && last !== undefined && endsSentence.test(plainText(last.text));
    const continues = open && speakerOf(open[0]) === speakerOf(segment) && segment.start - end < pauseSeconds;
    if (continues && !full) {
      open.push(segment);
      length += text.length;
    } else {
      paragraphs.push([segment]);
      length = text.length;
    }
    end = segment.end;
  }
  return paragraphs;
}

function speakerOf({ speaker }: SpokenSegment): string | null {
  return speaker && plainText(speaker);
}
