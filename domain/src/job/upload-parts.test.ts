import { describe, expect, it } from 'vitest';
import { maxUploadParts, partSizeFor, partsOf } from './upload-parts.ts';

const mebibyte = 2 ** 20;

describe('the parts of an upload', () => {
  it('are of the size that is wanted, the last one of what remains', () => {
    const multipart = { partSizeBytes: 8, uploadId: null };
    expect(partsOf({ multipart, sizeBytes: 20 })).toEqual([
      { partNumber: 1, sizeBytes: 8 },
      { partNumber: 2, sizeBytes: 8 },
      { partNumber: 3, sizeBytes: 4 },
    ]);
    expect(partsOf({ multipart, sizeBytes: 16 }).map(({ sizeBytes }) => sizeBytes)).toEqual([8, 8]);
    expect(partsOf({ multipart, sizeBytes: 1 })).toEqual([{ partNumber: 1, sizeBytes: 1 }]);
  });

  it('are none of a file that comes as a whole', () => {
    expect(partsOf({ multipart: null, sizeBytes: 20 })).toEqual([]);
  });

  it.each([1, 8 * mebibyte, 80_000 * mebibyte, 80_000 * mebibyte + 1, 5 * 2 ** 40])(
    'hold a file of %i bytes and are never more than S3 takes',
    (sizeBytes) => {
      const partSizeBytes = partSizeFor(sizeBytes, 8 * mebibyte);
      expect(partSizeBytes).toBeGreaterThanOrEqual(8 * mebibyte);
      const parts = partsOf({ multipart: { partSizeBytes, uploadId: null }, sizeBytes });
      expect(parts.length).toBeLessThanOrEqual(maxUploadParts);
      expect(parts.reduce((sum, part) => sum + part.sizeBytes, 0)).toBe(sizeBytes);
    },
  );
});
