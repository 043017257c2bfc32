import { expect, it } from 'vitest';
import { aTranscript } from '../../testing/builders.ts';
import { renderText } from './render-text.ts';

it('begins a new paragraph after a long pause, and none where sentences follow each other', () => {
  const transcript = aTranscript([
    { start: 0, end: 1, text: 'One.' },
    { start: 1.5, end: 2, text: 'Two.' },
    { start: 9, end: 10, text: 'Three <b> & four.' },
  ]);
  expect(renderText(transcript)).toBe('One. Two.\n\nThree <b> & four.\n');
});

it('names the speaker of each paragraph', () => {
  const transcript = aTranscript([
    { start: 0, end: 1, text: 'One.' },
    { start: 1, end: 2, text: 'Two.' },
  ]);
  const segments = transcript.segments.map((segment, index) => ({
    ...segment,
    speaker: `Speaker ${index + 1}`,
  }));
  expect(renderText({ ...transcript, segments })).toBe('Speaker 1: One.\n\nSpeaker 2: Two.\n');
});

it('ends a paragraph at the end of a sentence before it becomes a wall of text', () => {
  const sentence = `${'word '.repeat(39)}end.`;
  const sentences = Array.from({ length: 20 }, (_, index) => ({
    start: index,
    end: index + 1,
    text: sentence,
  }));
  const paragraphs = renderText(aTranscript(sentences)).split('\n\n');
  expect(paragraphs.length).toBeGreaterThan(2);
  for (const paragraph of paragraphs) {
    expect(paragraph.length).toBeLessThan(1100);
    expect(paragraph.trim()).toMatch(/end\.$/);
  }
});

it('puts no spaces where the script has none, and keeps control characters out', () => {
  const transcript = aTranscript([
    { start: 0, end: 1, text: '今日は。' },
    { start: 1, end: 2, text: '元気ですか。' },
    { start: 2, end: 3, text: 'a\u0000\u001b[31m\r\n\n\tb\u2028c' },
  ]);
  expect(renderText(transcript)).toBe('今日は。元気ですか。 a[31m b c\n');
});
