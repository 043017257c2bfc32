import { parse } from '@plussub/srt-vtt-parser';
import { describe, expect, it } from 'vitest';
import { aTranscript } from '../../testing/builders.ts';
import { randomTranscript } from '../../testing/random-transcript.ts';
import { lineText } from '../cues/cue-word.ts';
import { cuesOf } from '../cues.ts';
import { renderSubRip } from './render-subrip.ts';

describe('a transcript in SubRip', () => {
  it('numbers its cues and counts hours, with a comma before the milliseconds', () => {
    const transcript = aTranscript([
      { start: 0.39, end: 1.5, text: 'Yes, I agree.' },
      { start: 3661.99, end: 3663.0215, text: 'The door is open.' },
    ]);
    expect(renderSubRip(transcript)).toBe(
      '1\n00:00:00,390 --> 00:00:01,500\nYes, I agree.\n\n2\n01:01:01,990 --> 01:01:03,022\nThe door is open.\n\n',
    );
  });

  it.each([
    ['a --> b', 'a → b'],
    ['00:00:01,000 --> 00:00:02,000', '00:00:01,000 → 00:00:02,000'],
    ['<b>bold</b> <script>', '‹b›bold‹/b› ‹script›'],
    ['<font color="red"', '‹font color="red"'],
    ['{\\an8}up {y:i}', '(\\an8)up (y:i)'],
    ['1\n\n2\r\n\r\n3', '1 2 3'],
    ['a\0b\u001b', 'ab'],
    ['1 < 2 & 3 > 2', '1 < 2 & 3 > 2'],
    ['שלום עולם 👩‍👩‍👧‍👦', 'שלום עולם 👩‍👩‍👧‍👦'],
  ])('shows %j to any player', (said, shown) => {
    const entries = entriesOf(renderSubRip(aTranscript([{ start: 0, end: 2, text: said }])));
    expect(entries.map(({ text }) => text.replaceAll('\n', ' '))).toEqual([shown]);
  });

  it('is read by a parser of others as it was meant: texts, order and times', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const transcript = randomTranscript(seed);
      const entries = entriesOf(renderSubRip(transcript));
      const cues = cuesOf(transcript);
      expect(entries.map(({ id, from, to }) => [id, from, to])).toEqual(
        cues.map(({ start, end }, index) => [
          String(index + 1),
          Math.round(start * 1000),
          Math.round(end * 1000),
        ]),
      );
      expect(entries.map(({ text }) => sameLooks(text))).toEqual(
        cues.map(({ lines }) => sameLooks(lines.map(lineText).join('\n'))),
      );
    }
  });
});

/** What is written differently on purpose. */
function sameLooks(text: string): string {
  return text
    .replace(/-->|→/g, '>')
    .replace(/[<‹]/g, '<')
    .replace(/[›]/g, '>')
    .replace(/\{/g, '(')
    .replace(/\}/g, ')');
}

/** The parser's own types cannot be resolved. */
function entriesOf(subRip: string): { id: string; from: number; to: number; text: string }[] {
  return parse(subRip).entries;
}
