import { open } from 'node:fs/promises';

/** What we must know of a ggml model before whisper-server loads it. */
export interface ModelHeader {
  /** Knows no other language, and can't be asked which one it hears: the server would crash. */
  englishOnly: boolean;
  fileBytes: number;
}

const ggmlMagic = 0x67676d6c;
/** Multilingual models know one word more. */
const englishWords = 51_864;

/** @throws Error when the file is not there or no model */
export async function readModelHeader(path: string): Promise<ModelHeader> {
  await using file = await open(path);
  const header = Buffer.alloc(8);
  await file.read(header, 0, header.length, 0);
  if (header.readUInt32LE(0) !== ggmlMagic) throw new Error('The model file is not a ggml model.');
  return { englishOnly: header.readInt32LE(4) <= englishWords, fileBytes: (await file.stat()).size };
}
