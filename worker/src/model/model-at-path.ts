import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@verbatim/domain';

export interface ReadyModel {
  /** Shown to users: `small-q8_0`, `demo`, or a file's name without `ggml-` and `.bin`. */
  name: string;
  path: string;
  /** True: it understands only its own small grammar, which people must be told. */
  demo: boolean;
  /** For people: what is not as they would expect, a sentence or more without paths. */
  note?: string;
}

/** The model that was asked for is not there and can't be had. The message is for people: what was tried, what helps. */
export class ModelUnavailable extends DomainError {
  readonly code = 'model.unavailable';
}

/** The same depth from `src` and from `dist`. */
export const demoPath = fileURLToPath(new URL('../../models/ggml-demo-q8_0.bin', import.meta.url));
const demoNote =
  'This is the demo model: it knows about 230 words of one small grammar in English and Spanish, ' +
  'and turns any other speech into sentences of that grammar.';

/** A file that is there: nothing to fetch. `whyDemo`: what the demo model stands in for. @throws ModelUnavailable */
export async function modelAtPath(path: string, whyDemo?: string): Promise<ReadyModel> {
  await mustBeGgml(path);
  if (basename(path) === basename(demoPath)) {
    return { name: 'demo', path, demo: true, note: whyDemo ? `${whyDemo} ${demoNote}` : demoNote };
  }
  return { name: basename(path, '.bin').replace(/^ggml-/, ''), path, demo: false };
}

/** whisper.cpp reads its own older format only; the first four bytes tell. */
async function mustBeGgml(path: string): Promise<void> {
  const magic = await firstBytes(path, 4).catch((error: unknown) => {
    throw new ModelUnavailable(`There is no speech model at ${path}. Check WHISPER_MODEL.`, { cause: error });
  });
  if (magic.toString('latin1') === 'lmgg') return;
  throw new ModelUnavailable(`${path} is no ggml file of whisper.cpp (GGUF and PyTorch files don't work).`);
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    return (await file.read({ buffer: Buffer.alloc(count), position: 0 })).buffer;
  } finally {
    await file.close();
  }
}
