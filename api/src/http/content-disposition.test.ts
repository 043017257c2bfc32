import { describe, expect, it } from 'vitest';
import { contentDisposition, fileNameAs } from './content-disposition.ts';

describe('Content-Disposition', () => {
  it('keeps a plain name and a foreign one', () => {
    expect(contentDisposition('attachment', 'meeting.txt')).toBe(
      `attachment; filename="meeting.txt"; filename*=UTF-8''meeting.txt`,
    );
    expect(contentDisposition('inline', 'reunión (1).srt')).toBe(
      `inline; filename="reuni_n (1).srt"; filename*=UTF-8''reuni%C3%B3n%20%281%29.srt`,
    );
  });

  it.each([
    '../../x.txt',
    'a\r\nSet-Cookie: b.txt',
    'a"; filename="b.exe',
    '\u202Etxt.exe',
    '\0',
    '.bashrc',
    '\ud800',
  ])('never leaves its quotes, its line or its folder: %j', (name) => {
    const header = contentDisposition('attachment', name);
    expect(header).toMatch(/^attachment; filename="[^"\\/]*"; filename\*=UTF-8''[A-Za-z0-9%._~!#$&+^`|-]*$/);
    expect(header).not.toMatch(/[\r\n\0\u202E]/);
    expect(header).not.toContain('filename=".');
  });

  it('names a transcript after its recording', () => {
    expect(fileNameAs('meeting.2024.mp3', 'srt')).toBe('meeting.2024.srt');
    expect(fileNameAs('.mp3', 'txt')).toBe('transcript.txt');
    expect(fileNameAs('noending', 'txt')).toBe('noending.txt');
  });
});
