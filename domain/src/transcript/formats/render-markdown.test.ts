import { describe, expect, it } from 'vitest';
import { defaultTranscriptionOptions } from '../../job/transcription-options.ts';
import { aTranscript } from '../../testing/builders.ts';
import { renderMarkdown } from './render-markdown.ts';

describe('a transcript in Markdown', () => {
  it('says what it is and how far to trust it, then what was said when and by whom', () => {
    const transcript = aTranscript(
      [
        { start: 0.5, end: 2, text: 'Buenos días.' },
        { start: 65, end: 66, text: 'Adiós.' },
      ],
      { language: 'es', warnings: ['low_confidence'], confidence: 0.428, durationSeconds: 3725 },
    );
    const segments = transcript.segments.map((segment) => ({ ...segment, speaker: 'Speaker 1' }));
    expect(renderMarkdown({ ...transcript, segments }, { title: 'reunión.mp3' })).toBe(
      `# reunión.mp3

- Language: Spanish (es)
- Duration: 01:02:05
- Model: demo
- Confidence: 43 %

> **Note:** The speech engine was unsure of much of this text: read it with care.

**00:00:00 Speaker 1** Buenos días.

**00:01:05 Speaker 1** Adiós.
`,
    );
  });

  it('says what was asked for', () => {
    const options = {
      ...defaultTranscriptionOptions,
      task: 'translate' as const,
      prompt: 'Minutes of *May*.',
      keywords: ['Ana', 'a_b'],
    };
    expect(renderMarkdown(aTranscript([], { language: 'es', options }))).toContain(
      [
        '- Language: Spanish (es), translated into English',
        '- Duration: 00:00:00',
        '- Model: demo',
        '- Prompt: Minutes of \\*May\\*.',
        '- Keywords: Ana, a\\_b\n',
      ].join('\n'),
    );
  });

  it.each([
    ['# one\n## two', '\\# one \\#\\# two'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['[a](javascript:b) ![c](d)', '\\[a\\](javascript:b) !\\[c\\](d)'],
    ['**b** _i_ `c` ~~s~~ a | b', '\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~\\~s\\~\\~ a \\| b'],
    ['&lt; &#60;', '\\&lt; \\&\\#60;'],
    ['\\[x\\]', '\\\\\\[x\\\\\\]'],
    ['https://example.org www.example.org a@b.org', 'https\\://example.org www\\.example.org a\\@b.org'],
  ])('keeps text text: %j', (text, written) => {
    const transcript = aTranscript([{ start: 0, end: 1, text }], { model: text });
    const body = renderMarkdown(transcript, { title: text });
    expect(body).toContain(`# ${written}\n`);
    expect(body).toContain(`- Model: ${written}\n`);
    expect(body).toContain(`**00:00:00** ${written}\n`);
  });

  it('knows a code that is no language, and none', () => {
    expect(renderMarkdown(aTranscript([], { language: 'und' }))).toContain('- Language: unknown\n');
    expect(renderMarkdown(aTranscript([], { language: 'x_y z' }))).toContain('- Language: x\\_y z\n');
  });
});
