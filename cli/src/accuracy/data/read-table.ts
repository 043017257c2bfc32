import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The cells of a .tsv, line by line (some are longer than a string may be). These tables have no quoting: a `"` is a `"`. */
export async function readTable(path: string): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line !== '') rows.push(line.split('\t'));
  }
  return rows;
}
