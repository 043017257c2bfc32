import { type Cue, cuesOf } from './cues.ts';
import type { Transcript } from './transcript.ts';

interface Format {
  contentType: string;
  render(transcript: Transcript): string;
}

const formats = {
  json: { contentType: 'application/json', render: (transcript) => JSON.stringify(transcript) },
  txt: { contentType: 'text/plain; charset=utf-8', render: renderText },
  srt: { contentType: 'application/x-subrip; charset=utf-8', render: renderSrt },
  vtt: { contentType: 'text/vtt; charset=utf-8', render: renderVtt },
} satisfies Record<string, Format>;

export type TranscriptFormat = keyof typeof formats;
export const transcriptFormats = Object.keys(formats) as [TranscriptFormat, ...TranscriptFormat[]];

/** The transcript in one of its formats, with the Content-Type to serve it under. */
export function renderTranscript(
  transcript: Transcript,
  format: TranscriptFormat,
): { contentType: string; body: string } {
  const { contentType, render } = formats[format];
  return { contentType, body: render(transcript) };
}

/** A silence this long starts a new paragraph. */
const paragraphPauseSeconds = 2;

function renderText({ segments }: Transcript): string {
  const paragraphs: string[][] = [];
  let lastEnd = Number.NEGATIVE_INFINITY;
  let lastSpeaker: string | null = null;
  for (const segment of segments) {
    const goesOn = segment.start - lastEnd < paragraphPauseSeconds && segment.speaker === lastSpeaker;
    if (goesOn) paragraphs.at(-1)?.push(segment.text);
    else paragraphs.push([segment.text]);
    lastEnd = segment.end;
    lastSpeaker = segment.speaker;
  }
  return paragraphs.map((paragraph) => `${paragraph.join(' ')}\n`).join('\n');
}

/** SubRip, as written by its author's tool: https://docs.fileformat.com/video/srt/ */
function renderSrt(transcript: Transcript): string {
  return cuesOf(transcript)
    .map((cue, index) => `${index + 1}\n${times(cue, ',')}\n${cue.lines.join('\n')}\n\n`)
    .join('');
}

/** WebVTT: https://www.w3.org/TR/webvtt1/ . In cue text `&`, `<` and `>` are escaped (section 4.2.2). */
function renderVtt(transcript: Transcript): string {
  const cues = cuesOf(transcript).map(
    (cue) => `${times(cue, '.')}\n${cue.lines.map(escapeVtt).join('\n')}\n\n`,
  );
  return `WEBVTT\n\n${cues.join('')}`;
}

function escapeVtt(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function times(cue: Cue, decimalMark: ',' | '.'): string {
  return `${timestamp(cue.start, decimalMark)} --> ${timestamp(cue.end, decimalMark)}`;
}

function timestamp(seconds: number, decimalMark: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map((value) => part(value, 2));
  return `${clock.join(':')}${decimalMark}${part(ms % 1000, 3)}`;
}
