import { open } from 'node:fs/promises';

/** As far as any model's vocabulary reaches into its file; the weights follow. */
const vocabularyBytes = 4 * 1024 ** 2;
/** Magic and eleven numbers. */
const headerBytes = 12 * 4;

/** whisper.cpp's own first step, on bytes: contractions, words, numbers, other signs, spaces. */
const pieces =
  /'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^ \t\n\v\f\rA-Za-z0-9]+|[ \t\n\v\f\r]+(?![^ \t\n\v\f\r])|[ \t\n\v\f\r]+/g;

/**
 * How many tokens whisper.cpp makes of a prompt. It takes the prompt from the same room as the text of the window before,
 * which must not feed the next one: so the room has to be exactly as large as the prompt.
 * @throws Error when the file can't be read
 */
export async function countPromptTokens(modelPath: string, prompt: string): Promise<number> {
  const vocabulary = await readVocabulary(modelPath);
  const bytes = Buffer.from(prompt, 'utf8').toString('latin1');
  return (bytes.match(pieces) ?? []).reduce((sum, piece) => sum + tokensIn(piece, vocabulary), 0);
}

/** The longest known beginning, again and again; a byte that begins nothing is passed over. */
function tokensIn(piece: string, vocabulary: ReadonlySet<string>): number {
  let tokens = 0;
  for (let at = 0; at < piece.length; ) {
    let end = piece.length;
    while (end > at && !vocabulary.has(piece.slice(at, end))) end -= 1;
    tokens += end > at ? 1 : 0;
    at = Math.max(end, at + 1);
  }
  return tokens;
}

/** Each word as its bytes, one character for each. */
async function readVocabulary(modelPath: string): Promise<ReadonlySet<string>> {
  await using file = await open(modelPath);
  const bytes = Buffer.alloc(vocabularyBytes);
  await file.read(bytes, 0, bytes.length, 0);
  const filters = bytes.readInt32LE(headerBytes) * bytes.readInt32LE(headerBytes + 4);
  let at = headerBytes + 8 + filters * 4;
  const words = bytes.readInt32LE(at);
  at += 4;
  const vocabulary = new Set<string>();
  for (let word = 0; word < words; word += 1) {
    const length = bytes.readUInt32LE(at);
    vocabulary.add(bytes.toString('latin1', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return vocabulary;
}
