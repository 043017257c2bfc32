import { existsSync } from 'node:fs';
import { isKept } from './keep-file.ts';
import { demoPath } from './model-at-path.ts';
import { labelOf, modelFile } from './model-choice.ts';
import { type ModelSettings, modelsDirOf } from './model-settings.ts';
import { publishedModels } from './published-models.ts';

export interface ListedModel {
  /** As WHISPER_MODEL takes it. */
  name: string;
  mebibytes: number;
  /** As published; null for what is made here, and for the demo. */
  sha1: string | null;
  state: 'missing' | 'present' | 'damaged';
}

const demoMebibytes = 10;
/** q8_0 keeps 8.5 bits of each 16-bit weight; whisper.cpp's own q8_0 files are of this share. */
const quantizedShare = 0.54;

/** Every model that can be chosen by name, and whether it is here. `verify`: by the sum of the whole file. */
export async function listModels(
  settings: ModelSettings,
  verify = false,
): Promise<{ folder: string; models: ListedModel[] }> {
  const folder = modelsDirOf(settings);
  const models: ListedModel[] = [
    { name: 'demo', mebibytes: demoMebibytes, sha1: null, state: await stateOf(demoPath) },
  ];
  for (const [model, { sha1, mebibytes }] of Object.entries(publishedModels)) {
    const path = modelFile(folder, model);
    models.push({ name: model, mebibytes, sha1, state: await stateOf(path, sha1, verify) });

    const name = labelOf({ model, quantized: true });
    models.push({
      name,
      mebibytes: Math.round(quantizedShare * mebibytes),
      sha1: null,
      state: await stateOf(modelFile(folder, name), undefined, verify),
    });
  }
  return { folder, models };
}

async function stateOf(path: string, expectedSha1?: string, verify = false): Promise<ListedModel['state']> {
  if (!existsSync(path)) return 'missing';
  return (await isKept(path, { expectedSha1, verify })) ? 'present' : 'damaged';
}
