import { describe, expect, it } from 'vitest';
import { type CueNode, type ParsedCue, WebVTTParser } from 'webvtt-parser';
import { aTranscript } from '../../testing/builders.ts';
import { randomTranscript } from '../../testing/random-transcript.ts';
import { lineText } from '../cues/cue-word.ts';
import { cuesOf } from '../cues.ts';
import { plainText } from '../plain-text.ts';
import { renderWebVtt } from './render-webvtt.ts';

const twoSpeakers = aTranscript([
  { start: 0, end: 1.5, text: 'Yes, I agree.' },
  { start: 3661.99, end: 3663.0215, text: 'The <blue> door & the other.' },
]);
for (const [index, segment] of twoSpeakers.segments.entries()) segment.speaker = `Speaker ${index + 1}`;

/** The parser's own table lacks the semicolons, and leaves them in the text. */
const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

describe('a transcript in WebVTT', () => {
  it('has voices for speakers, and escapes what would be taken for a tag', () => {
    expect(renderWebVtt(twoSpeakers)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Speaker 1>Yes, I agree.\n\n' +
        '01:01:01.990 --> 01:01:03.022\n<v Speaker 2>The &lt;blue&gt; door &amp; the other.\n\n',
    );
  });

  it('times each word where that is asked for', () => {
    expect(renderWebVtt(twoSpeakers, { words: true })).toContain(
      '\n<v Speaker 1>Yes, <00:00:00.500>I <00:00:01.000>agree.\n',
    );
  });

  it.each([
    'a --> b',
    '<script>alert(1)</script>',
    '</v><v Other>',
    '&lt; &amp; &',
    'NOTE this',
    '<00:00:01.000>',
    'שלום 👩‍👩‍👧‍👦 漢字',
  ])('shows %j as it was said', (said) => {
    const { cues, errors } = new WebVTTParser(entities).parse(
      renderWebVtt(aTranscript([{ start: 0, end: 2, text: said }])),
    );
    expect(errors).toEqual([]);
    expect(cues.map(({ tree }) => shown(tree).replaceAll('\n', ' '))).toEqual([said]);
  });

  it.each([false, true])(
    'is valid to the parser of the W3C, which reads it as it was meant (words timed: %s)',
    (words) => {
      for (let seed = 1; seed <= 25; seed += 1) {
        const transcript = randomTranscript(seed);
        const { cues, errors } = new WebVTTParser(entities).parse(renderWebVtt(transcript, { words }));
        expect(errors, `seed ${seed}`).toEqual([]);
        expect(cues.map(summaryOf)).toEqual(
          cuesOf(transcript).map(({ start, end, speaker, lines }) => ({
            ...{ start: start.toFixed(3), end: end.toFixed(3) },
            speaker: speaker === null ? undefined : plainText(speaker),
            text: lines
              .map((line) => lineText(line.filter(({ isLabel }) => !isLabel)))
              .filter((line) => line !== '')
              .join('\n'),
          })),
        );
      }
    },
  );
});

function summaryOf({ startTime, endTime, tree }: ParsedCue) {
  const voice = tree.children?.find(({ name }) => name === 'v');
  return {
    ...{ start: startTime.toFixed(3), end: endTime.toFixed(3) },
    ...{ speaker: voice && unescaped(voice.value ?? ''), text: shown(tree) },
  };
}

/** The parser leaves escapes in annotations, where browsers read them (section 6.4, "WebVTT start tag annotation state"). */
function unescaped(annotation: string): string {
  return annotation.replace(/&\w+;/g, (name) => entities[name as keyof typeof entities]);
}

function shown(node: CueNode): string {
  return node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(shown).join('');
}
