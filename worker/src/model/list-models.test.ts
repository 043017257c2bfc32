import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepFile, sha1Of } from './keep-file.ts';
import { listModels } from './list-models.ts';
import { ModelSettings } from './model-settings.ts';

describe('the list of models', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-list-models-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const list = (verify = false) => listModels(ModelSettings.parse({ MODELS_DIR: folder }), verify);
  const stateOf = async (name: string, verify = false) =>
    (await list(verify)).models.find((model) => model.name === name)?.state;

  it('names every model that WHISPER_MODEL takes by name, published and smaller', async () => {
    const { models } = await list();
    expect(models).toHaveLength(21);
    for (const { name } of models)
      expect(ModelSettings.safeParse({ WHISPER_MODEL: name }).success).toBe(true);
    expect(models.find(({ name }) => name === 'tiny')).toEqual({
      name: 'tiny',
      mebibytes: 75,
      sha1: 'bd577a113a864445d4c299885e0cb97d4ba92b5f',
      state: 'missing',
    });
  });

  it('has the demo always, and of the others what lies in the folder', async () => {
    expect(await stateOf('demo')).toBe('present');
    expect(await stateOf('tiny-q8_0')).toBe('missing');
    await keep('tiny-q8_0', 'a model');
    expect(await stateOf('tiny-q8_0')).toBe('present');
  });

  it('calls a file damaged that is not the published one', async () => {
    await writeFile(join(folder, 'ggml-tiny.bin'), 'something else');
    expect(await stateOf('tiny')).toBe('damaged');
  });

  it('sees with `verify` what size and time hide', async () => {
    await keep('tiny-q8_0', 'a model');
    const path = join(folder, 'ggml-tiny-q8_0.bin');
    const { atime, mtime } = await stat(path);
    await writeFile(path, 'A model');
    await utimes(path, atime, mtime);
    expect(await stateOf('tiny-q8_0')).toBe('present');
    expect(await stateOf('tiny-q8_0', true)).toBe('damaged');
  });

  async function keep(name: string, content: string): Promise<void> {
    const aside = join(folder, 'aside');
    await writeFile(aside, content);
    await keepFile(aside, join(folder, `ggml-${name}.bin`), await sha1Of(aside));
  }
});
