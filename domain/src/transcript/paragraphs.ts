import { joinSentences, plainText } from './plain-text.ts';
import type { Transcript } from './transcript.ts';

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
export function paragraphsOf({ segments }: Transcript): Paragraph[] {
  const paragraphs: { start: number; speaker: string | null; sentences: string[] }[] = [];
  let end = Number.NEGATIVE_INFINITY;
  let length = 0;
  for (const segment of segments) {
    const text = plainText(segment.text);
    if (text === '') continue;
    const speaker = segment.speaker && plainText(segment.speaker);
    const open = paragraphs.at(-1);
    const full = length > longParagraph && endsSentence.test(open?.sentences.at(-1) ?? '');
    if (open && open.speaker === speaker && segment.start - end < pauseSeconds && !full) {
      open.sentences.push(text);
      length += text.length;
    } else {
      paragraphs.push({ start: segment.start, speaker, sentences: [text] });
      length = text.length;
    }
    end = segment.end;
  }
  return paragraphs.map(({ sentences, ...rest }) => ({ ...rest, text: joinSentences(sentences) }));
}
