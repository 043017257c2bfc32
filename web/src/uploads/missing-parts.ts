/** What the server says of an upload in parts: how it is cut, and what is there. */
export interface PartsThere {
  /** Of every part but the last. */
  partSizeBytes: number;
  partCount: number;
  arrived: { partNumber: number; sizeBytes: number }[];
}

/** A file that is much larger than a part is worth cutting: below that, sending it again costs little. */
export function goesInParts(sizeBytes: number, uploadPartBytes: number): boolean {
  return sizeBytes > 2 * uploadPartBytes;
}

/** The numbers, from 1, of what has to be sent. */
export function missingParts({ partCount, arrived }: PartsThere): number[] {
  const there = new Set(arrived.map(({ partNumber }) => partNumber));
  return Array.from({ length: partCount }, (_, index) => index + 1).filter((number) => !there.has(number));
}

export function arrivedBytes({ arrived }: Pick<PartsThere, 'arrived'>): number {
  return arrived.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Where a part lies in its file, in bytes; `end` is the first one after it. */
export function boundsOf(
  partNumber: number,
  { partSizeBytes }: Pick<PartsThere, 'partSizeBytes'>,
  fileBytes: number,
): { start: number; end: number } {
  const start = (partNumber - 1) * partSizeBytes;
  return { start, end: Math.min(start + partSizeBytes, fileBytes) };
}
