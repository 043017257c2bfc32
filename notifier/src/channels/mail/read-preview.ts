import { ObjectMissing, type ObjectStore } from '@verbatim/domain';
import { lettersOf } from './letters.ts';

const previewLetters = 300;
/** Enough for that many letters of any script, at most four bytes each, and the spaces between lines. */
const maxBytes = 2_048;

/**
 * The first words of the text of a transcript, on one line; empty when nobody spoke, null when it is gone (deleted a moment
 * ago). Reads no more than a few kilobytes of it. @throws StorageUnavailable
 */
export async function readPreview(textKey: string, objects: ObjectStore): Promise<string | null> {
  try {
    return firstWords(await readStart(textKey, objects), previewLetters);
  } catch (error) {
    if (error instanceof ObjectMissing) return null;
    throw error;
  }
}

/** No Range: a text of no bytes has none to ask for. Leaving the loop ends the transfer. */
async function readStart(key: string, objects: ObjectStore): Promise<string> {
  const { body } = await objects.get('transcripts', key);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of body) {
    const wanted = piece.subarray(0, maxBytes - bytes);
    text += decoder.decode(wanted, { stream: true });
    bytes += wanted.length;
    if (bytes >= maxBytes) break;
  }
  return text;
}

/** Cut between words where there are any; whole letters in any case. */
export function firstWords(text: string, maxLetters: number): string {
  const letters = lettersOf(text.replace(/\s+/gu, ' ').trim());
  if (letters.length <= maxLetters) return letters.join('');
  const start = letters.slice(0, maxLetters).join('');
  const next = letters[maxLetters];
  const lastSpace = next === ' ' ? start.length : start.lastIndexOf(' ');
  const cut = lastSpace > start.length / 2 ? start.slice(0, lastSpace) : start;
  return `${cut.replace(/[\s,;:]+$/u, '')} …`;
}
