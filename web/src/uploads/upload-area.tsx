/** Where audio comes in: large while there is nothing else to see. */
export function UploadArea({ spacious }: { spacious: boolean }) {
  return spacious ? null : null;
}
