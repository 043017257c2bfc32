import { describe, expect, it } from 'vitest';
import { aTranscript } from '../testing/builders.ts';
import { cuesOf } from './cues.ts';
import { renderTranscript } from './render-transcript.ts';
import { Transcript } from './transcript.ts';

const twoSentences = aTranscript([
  { start: 0.39, end: 1.25, text: 'Yes, I agree.' },
  { start: 3661.99, end: 3663.0215, text: 'The door is <blue> & open.' },
]);

describe('rendering a transcript', () => {
  it('gives json back as it is stored', () => {
    const { contentType, body } = renderTranscript(twoSentences, 'json');
    expect(contentType).toBe('application/json');
    expect(Transcript.parse(JSON.parse(body))).toEqual(twoSentences);
  });

  it('writes plain text with a new paragraph after a long pause', () => {
    expect(renderTranscript(twoSentences, 'txt').body).toBe('Yes, I agree.\n\nThe door is <blue> & open.\n');
  });

  it('keeps sentences that follow each other in one paragraph', () => {
    const close = aTranscript([
      { start: 0, end: 1, text: 'One.' },
      { start: 1.5, end: 2, text: 'Two.' },
    ]);
    expect(renderTranscript(close, 'txt').body).toBe('One. Two.\n');
  });

  it('numbers SubRip cues and counts hours, with a comma before the milliseconds', () => {
    expect(renderTranscript(twoSentences, 'srt').body).toBe(
      '1\n00:00:00,390 --> 00:00:01,250\nYes, I agree.\n\n' +
        '2\n01:01:01,990 --> 01:01:03,022\nThe door is <blue> & open.\n\n',
    );
  });

  it('escapes what WebVTT would take for a tag', () => {
    expect(renderTranscript(twoSentences, 'vtt').body).toBe(
      'WEBVTT\n\n00:00:00.390 --> 00:00:01.250\nYes, I agree.\n\n' +
        '01:01:01.990 --> 01:01:03.022\nThe door is &lt;blue&gt; &amp; open.\n\n',
    );
  });

  it('renders silence as nothing at all', () => {
    const silence = aTranscript([]);
    expect(renderTranscript(silence, 'txt').body).toBe('');
    expect(renderTranscript(silence, 'srt').body).toBe('');
    expect(renderTranscript(silence, 'vtt').body).toBe('WEBVTT\n\n');
  });
});

describe('cues', () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`);
  const long = aTranscript([{ start: 0, end: 30, text: words.join(' ') }]);

  it('are at most two lines of 42 characters, however long the segment is', () => {
    for (const cue of cuesOf(long)) {
      expect(cue.lines.length).toBeLessThanOrEqual(2);
      for (const line of cue.lines) expect(line.length).toBeLessThanOrEqual(42);
    }
  });

  it('hold every word once and in order', () => {
    expect(
      cuesOf(long)
        .flatMap((cue) => cue.lines)
        .join(' '),
    ).toBe(words.join(' '));
  });

  it('never overlap, even where segments do', () => {
    const overlapping = aTranscript([
      { start: 0, end: 5, text: 'First.' },
      { start: 4, end: 6, text: 'Second.' },
    ]);
    const [first, second] = cuesOf(overlapping);
    expect(first?.end).toBeLessThanOrEqual(second?.start ?? 0);
  });
});
