import { writeFile } from 'node:fs/promises';

const multilingual = 51_865;
export const englishOnly = 51_864;

/** A ggml file's first numbers and nothing behind them, for programs that load no model. */
export async function fakeModel(path: string, words = multilingual): Promise<{ name: string; path: string }> {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(0x67676d6c, 0);
  header.writeInt32LE(words, 4);
  await writeFile(path, header);
  return { name: 'fake', path };
}
