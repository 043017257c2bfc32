import { join } from 'node:path';
import { publishedSha1 } from './published-models.ts';

/** What WHISPER_MODEL asks for. */
export type ModelChoice =
  | { kind: 'demo' }
  | { kind: 'file'; path: string }
  | {
      kind: 'published';
      /** Its name in the collection: `small`. */
      model: string;
      /** Turned into q8_0 here: half the size, a little faster, the same text. */
      quantized: boolean;
      /** False when nobody asked for it: then the demo model may stand in for it. */
      named: boolean;
    };

const quantizedSuffix = '-q8_0';

/** Near 95 % of the words in English at about 4x real time a core. */
const defaultChoice: ModelChoice = { kind: 'published', model: 'small', quantized: true, named: false };

/** Undefined when `text` is neither a model that we know nor a path. */
export function readModelChoice(text: string): ModelChoice | undefined {
  if (text === '') return defaultChoice;
  if (text === 'demo') return { kind: 'demo' };
  if (text.includes('/') || text.endsWith('.bin')) return { kind: 'file', path: text };
  const quantized = text.endsWith(quantizedSuffix);
  const model = quantized ? text.slice(0, -quantizedSuffix.length) : text;
  return Object.hasOwn(publishedSha1, model)
    ? { kind: 'published', model, quantized, named: true }
    : undefined;
}

/** Where a published model is kept, as it was fetched or quantised. */
export function modelFile(folder: string, label: string): string {
  return join(folder, `ggml-${label}.bin`);
}

export function labelOf(choice: { model: string; quantized: boolean }): string {
  return choice.quantized ? `${choice.model}${quantizedSuffix}` : choice.model;
}
