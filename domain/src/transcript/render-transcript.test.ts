import { describe, expect, it } from 'vitest';
import { aTranscript } from '../testing/builders.ts';
import { renderTranscript, transcriptFormats } from './render-transcript.ts';
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

  it('renders silence as nothing at all', () => {
    const silence = aTranscript([]);
    const bodies = transcriptFormats.map((format) => [format, renderTranscript(silence, format).body]);
    expect(Object.fromEntries(bodies)).toMatchObject({
      txt: '',
      srt: '',
      vtt: 'WEBVTT\n\n',
      tsv: 'start\tend\ttext\n',
      md: '# Transcript\n\n- Language: English (en)\n- Duration: 00:00:00\n- Model: demo\n',
    });
  });

  it('passes what is asked for on to the format', () => {
    expect(renderTranscript(twoSentences, 'md', { title: 'meeting.mp3' }).body).toMatch(/^# meeting\.mp3\n/);
    expect(renderTranscript(twoSentences, 'vtt', { words: true }).body).toContain('<00:00:00.');
  });

  it.each([
    ['en', 'srt', 'so we went on to talk about the plans, and then about what they would cost us next year.'],
    ['en', 'txt', 'so we went on to talk about the plans, and then about what they would cost us next year.'],
    ['en', 'md', 'so we went on to talk about the plans, and then about what they would cost us next year.'],
    [
      'ja',
      'vtt',
      '今日はとても天気がいいので、公園まで散歩に行きました。そこで友達に会って、一緒に話しました。',
    ],
  ] as const)(
    'takes a fraction of a second of the processor for ten hours of speech (%s, %s)',
    (language, format, text) => {
      const sentences = Array.from({ length: 6000 }, (_, index) => ({
        start: index * 6,
        end: index * 6 + 5.8,
        text,
      }));
      const tenHours = aTranscript(sentences, { language });
      const before = process.cpuUsage();
      const { body } = renderTranscript(tenHours, format, { words: true });
      const used = process.cpuUsage(before);
      expect(body.length).toBeGreaterThan(6000 * text.length);
      // Below 0.3 s on a quiet machine; what is meant to be caught is work that grows with the square of the length.
      expect((used.user + used.system) / 1e6).toBeLessThan(2.5);
    },
  );
});
