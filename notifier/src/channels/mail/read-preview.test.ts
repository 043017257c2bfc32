import { bytesOf, countingBytes, InMemoryObjectStore } from '@verbatim/domain/testing';
import { describe, expect, it, vi } from 'vitest';
import { firstWords, readPreview } from './read-preview.ts';

const key = 'ana/job_1/r1-1/transcript.txt';

async function previewOf(text: string): Promise<string | null> {
  const objects = new InMemoryObjectStore();
  const options = { contentType: 'text/plain' };
  await objects.put('transcripts', key, bytesOf(text), options);
  return readPreview(key, objects);
}

describe('readPreview', () => {
  it('gives the whole of a short text, on one line', async () => {
    expect(await previewOf('Good morning.\n\n  How are you?\n')).toBe('Good morning. How are you?');
  });

  it('is empty for a transcript without words', async () => {
    expect(await previewOf('')).toBe('');
  });

  it('knows nothing of a transcript that is gone', async () => {
    expect(await readPreview(key, new InMemoryObjectStore())).toBeNull();
  });

  it('reads only the start of a long transcript', async () => {
    const objects = new InMemoryObjectStore();
    let read = 0;
    const info = { sizeBytes: 1e9, etag: 'e', contentType: 'text/plain' };
    async function* body() {
      for await (const piece of countingBytes(1e9)) {
        read += piece.length;
        yield piece;
      }
    }
    vi.spyOn(objects, 'get').mockResolvedValue({ ...info, body: body() });
    await readPreview(key, objects);
    expect(read).toBeLessThan(100_000);
  });

  it('cuts no letter in two, whatever it is made of', async () => {
    expect(await previewOf('語'.repeat(5_000))).toBe(`${'語'.repeat(300)} …`);
    expect(await previewOf('🎧'.repeat(5_000))).toBe(`${'🎧'.repeat(300)} …`);
    expect(firstWords('👩‍👩‍👧‍👦'.repeat(4), 3)).toBe(`${'👩‍👩‍👧‍👦'.repeat(3)} …`);
  });
});

describe('firstWords', () => {
  it('ends between two words', () => {
    expect(firstWords('one two three', 13)).toBe('one two three');
    expect(firstWords('one two three', 12)).toBe('one two …');
    expect(firstWords('one two three', 7)).toBe('one two …');
    expect(firstWords('one two, three', 9)).toBe('one two …');
    expect(firstWords('a verylongwordindeed', 12)).toBe('a verylongwo …');
  });
});
