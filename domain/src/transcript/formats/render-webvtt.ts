import { type CueWord, lineText } from '../cues/cue-word.ts';
import { type Cue, cuesOf } from '../cues.ts';
import { plainText } from '../plain-text.ts';
import type { Transcript } from '../transcript.ts';
import { timestamp } from './timestamp.ts';

/**
 * WebVTT: https://www.w3.org/TR/webvtt1/ . Speakers are voice spans, which pages can show and style as they like. With `words`
 * each word carries its own time (section 4.2.2, "cue timestamp"): players show it when it is spoken.
 */
export function renderWebVtt(transcript: Transcript, { words = false }: { words?: boolean } = {}): string {
  const cues = cuesOf(transcript).map((cue) => {
    const times = `${timestamp(cue.start, '.')} --> ${timestamp(cue.end, '.')}`;
    const text = words ? timedLines(cue) : spokenLines(cue).map((line) => escaped(lineText(line)));
    const voice = cue.speaker === null ? '' : voiceOf(cue.speaker);
    return `${times}\n${voice}${text.join('\n')}\n\n`;
  });
  return `WEBVTT\n\n${cues.join('')}`;
}

/** The voice span says who speaks, so the label is left out. */
function spokenLines({ lines }: Cue): CueWord[][] {
  return lines.map((line) => line.filter(({ isLabel }) => !isLabel)).filter((line) => line.length > 0);
}

/** A timestamp must lie within its cue and after the one before it. */
function timedLines(cue: Cue): string[] {
  let latest = cue.start;
  return spokenLines(cue).map((line) =>
    line
      .map((word, index) => {
        const space = index > 0 && word.spaced ? ' ' : '';
        const start = Math.round(word.start * 1000) / 1000;
        if (start <= latest || start >= cue.end) return `${space}${escaped(word.text)}`;
        latest = start;
        return `${space}<${timestamp(start, '.')}>${escaped(word.text)}`;
      })
      .join(''),
  );
}

/** Not closed: it spans the whole cue. */
function voiceOf(speaker: string): string {
  const name = plainText(speaker);
  return name === '' ? '' : `<v ${escaped(name)}>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
