/** A file to upload, and how its job has to end. */
export interface HostileFile {
  name: string;
  /** Of the matrix. */
  rows: number[];
  bytes: () => Uint8Array;
  /** `COMPLETED`, failure codes or `refused 4xx`: any of these. */
  ends: string[];
  /** What its transcript has to be, where it has one. */
  hears?: { text?: RegExp; warning?: string; durationSeconds?: number };
}
