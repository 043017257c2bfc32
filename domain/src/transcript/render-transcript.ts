import { renderMarkdown } from './formats/render-markdown.ts';
import { renderSubRip } from './formats/render-subrip.ts';
import { renderText } from './formats/render-text.ts';
import { renderTsv } from './formats/render-tsv.ts';
import { renderWebVtt } from './formats/render-webvtt.ts';
import type { Transcript } from './transcript.ts';

export interface RenderOptions {
  /** vtt: each word with its own time. */
  words?: boolean;
  /** md: the heading, like the name of the recording. */
  title?: string;
}

interface Format {
  contentType: string;
  render(transcript: Transcript, options: RenderOptions): string;
}

const formats = {
  json: { contentType: 'application/json', render: (transcript) => JSON.stringify(transcript) },
  txt: { contentType: 'text/plain; charset=utf-8', render: renderText },
  srt: { contentType: 'application/x-subrip; charset=utf-8', render: renderSubRip },
  vtt: { contentType: 'text/vtt; charset=utf-8', render: renderWebVtt },
  tsv: { contentType: 'text/tab-separated-values; charset=utf-8', render: renderTsv },
  md: { contentType: 'text/markdown; charset=utf-8', render: renderMarkdown },
} satisfies Record<string, Format>;

export type TranscriptFormat = keyof typeof formats;
/** Each is also the ending of its files' names. */
export const transcriptFormats = Object.keys(formats) as [TranscriptFormat, ...TranscriptFormat[]];

/** What a format is served under and asked for by. */
export function contentTypeOf(format: TranscriptFormat): string {
  return formats[format].contentType;
}

/** The transcript in one of its formats, with the Content-Type to serve it under. */
export function renderTranscript(
  transcript: Transcript,
  format: TranscriptFormat,
  options: RenderOptions = {},
): { contentType: string; body: string } {
  const { contentType, render }: Format = formats[format];
  return { contentType, body: render(transcript, options) };
}
