import { describe, expect, it } from 'vitest';
import { contentTypeOf, whatIsWrongWith } from './check-file.ts';

const limits = { maxUploadBytes: 1000 };
const file = (name: string, type: string, size = 10) => ({ name, type, size });

describe('a file that somebody wants to upload', () => {
  it('is fine when it is audio, or video, of a size that is taken', () => {
    expect(whatIsWrongWith(file('a.mp3', 'audio/mpeg', 1000), limits)).toBeNull();
    expect(whatIsWrongWith(file('a.mp4', 'video/mp4'), limits)).toBeNull();
  });

  it('is known by its ending where the browser does not know its type', () => {
    expect(contentTypeOf(file('a.OPUS', ''))).toBe('audio/opus');
    expect(contentTypeOf(file('book.m4b', ''))).toBe('audio/x-m4b');
    expect(contentTypeOf(file('call.3gp', ''))).toBe('audio/3gpp');
    expect(contentTypeOf(file('a.wav', 'audio/unheard-of'))).toBe('audio/mpeg'.replace('mpeg', 'wav'));
  });

  it.each([
    ['empty', file('a.mp3', 'audio/mpeg', 0)],
    ['type', file('a.pdf', 'application/pdf')],
    ['type', file('notes', '')],
    ['size', file('a.mp3', 'audio/mpeg', 1001)],
  ])('is refused as %s before it is sent', (refusal, wrong) => {
    expect(whatIsWrongWith(wrong, limits)).toBe(refusal);
  });
});
