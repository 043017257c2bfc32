import { Readable } from 'node:stream';
import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import { fileAnswer, gzippedAnswer } from './file-answer.ts';

const about = { type: 'text/plain', disposition: 'inline' };

describe('a file whose client left before anything was read of it', () => {
  it.each([
    ['as it is', (source: Readable) => fileAnswer(source, about)],
    [
      'compressed',
      (source: Readable) => gzippedAnswer(source, about, { set: () => {} } as unknown as Response),
    ],
  ])('is closed: %s', async (_, answer) => {
    const source = Readable.from([Buffer.from('What was said.')], { objectMode: false });
    const closed = new Promise((resolve) => source.once('close', resolve));
    answer(source).getStream().destroy();
    await closed;
    expect(source.destroyed).toBe(true);
  });
});
