import { paragraphsOf } from '../paragraphs.ts';
import type { Transcript } from '../transcript.ts';

/** Paragraphs with a blank line between them; each names its speaker where there are speakers. */
export function renderText(transcript: Transcript): string {
  return paragraphsOf(transcript)
    .map(({ speaker, text }) => (speaker ? `${speaker}: ${text}\n` : `${text}\n`))
    .join('\n');
}
