import { describe, expect, it } from 'vitest';
import { arrivedBytes, boundsOf, goesInParts, missingParts } from './missing-parts.ts';

const upload = {
  partSizeBytes: 8,
  partCount: 4,
  arrived: [
    { partNumber: 4, sizeBytes: 3 },
    { partNumber: 2, sizeBytes: 8 },
  ],
};

describe('the parts of a file that is sent', () => {
  it('are those that have not arrived, in order', () => {
    expect(missingParts(upload)).toEqual([1, 3]);
    expect(missingParts({ ...upload, arrived: [] })).toEqual([1, 2, 3, 4]);
    expect(
      missingParts({
        ...upload,
        partCount: 2,
        arrived: [...upload.arrived, { partNumber: 1, sizeBytes: 8 }],
      }),
    ).toEqual([]);
  });

  it('count for what they hold', () => {
    expect(arrivedBytes(upload)).toBe(11);
    expect(arrivedBytes({ arrived: [] })).toBe(0);
  });

  it('lie side by side and end with the file', () => {
    const bounds = [1, 2, 3, 4].map((number) => boundsOf(number, upload, 27));
    expect(bounds).toEqual([
      { start: 0, end: 8 },
      { start: 8, end: 16 },
      { start: 16, end: 24 },
      { start: 24, end: 27 },
    ]);
  });

  it('are for files that are worth it', () => {
    expect(goesInParts(16, 8)).toBe(false);
    expect(goesInParts(17, 8)).toBe(true);
  });
});
