import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

/** What an engine must know of a ggml model before it loads it. */
export interface WhisperModel {
  /** The label that transcripts carry. */
  name: string;
  path: string;
  /** Ours: it knows one small grammar, and a prompt only confuses it. */
  demo: boolean;
  /** Knows no other language, and can't be asked which one it hears: whisper-server would crash. */
  englishOnly: boolean;
  fileBytes: number;
}

const ggmlMagic = 0x67676d6c;
/** Multilingual models know one word more. */
const englishWords = 51_864;

/** @throws Error when the file is not there or no model */
export async function readWhisperModel(model: {
  name: string;
  path: string;
  demo?: boolean;
}): Promise<WhisperModel> {
  const path = resolve(model.path);
  await using file = await open(path);
  const header = Buffer.alloc(8);
  await file.read(header, 0, header.length, 0);
  if (header.readUInt32LE(0) !== ggmlMagic) throw new Error('The model file is not a ggml model.');
  return {
    name: model.name,
    path,
    demo: model.demo ?? false,
    englishOnly: header.readInt32LE(4) <= englishWords,
    fileBytes: (await file.stat()).size,
  };
}
