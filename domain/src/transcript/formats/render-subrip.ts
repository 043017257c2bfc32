import { lineText } from '../cues/cue-word.ts';
import { cuesOf } from '../cues.ts';
import type { Transcript } from '../transcript.ts';
import { timestamp } from './timestamp.ts';

/** SubRip has no standard; players agree on this: https://docs.fileformat.com/video/srt/ */
export function renderSubRip(transcript: Transcript): string {
  return cuesOf(transcript)
    .map(({ start, end, lines }, index) => {
      const times = `${timestamp(start, ',')} --> ${timestamp(end, ',')}`;
      return `${index + 1}\n${times}\n${lines.map((line) => harmless(lineText(line))).join('\n')}\n\n`;
    })
    .join('');
}

/**
 * SubRip has no escapes, and players take `<b>` and `{\an8}` for styles and drop them, or a line with an arrow for times. So what
 * was said is written with characters that look the same and mean nothing.
 */
function harmless(text: string): string {
  return text
    .replace(/-->/g, '→')
    .replace(/<(?=[/!a-z])([^<>]*)>?/gi, (tag, inside) => `‹${inside}${tag.endsWith('>') ? '›' : ''}`)
    .replace(/\{/g, '(')
    .replace(/\}/g, ')');
}
