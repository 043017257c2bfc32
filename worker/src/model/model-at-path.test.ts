import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoPath, modelAtPath } from './model-at-path.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-model-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a model by its path', () => {
  it('is any ggml file', async () => {
    const path = join(folder, 'ggml-of-our-own.bin');
    await writeFile(path, 'lmgg and more');
    expect(await modelAtPath(path)).toEqual({ name: 'of-our-own', path, demo: false });
  });

  it('is known as the demo wherever that lies', async () => {
    const path = join(folder, 'ggml-demo-q8_0.bin');
    await writeFile(path, 'lmgg and more');
    expect(await modelAtPath(path)).toMatchObject({ name: 'demo', path, demo: true });
  });

  it.each([
    ['is something else', 'GGUF and more'],
    ['is empty', ''],
  ])('is refused when the file %s', async (_, body) => {
    const path = join(folder, 'a.bin');
    await writeFile(path, body);
    await expect(modelAtPath(path)).rejects.toThrow('is no ggml file');
  });

  it('is refused when there is no file', async () => {
    await expect(modelAtPath(join(folder, 'a.bin'))).rejects.toThrow('There is no speech model at');
    await expect(modelAtPath(folder)).rejects.toThrow('There is no speech model at');
  });
});

describe('the demo model', () => {
  it('is in this repository as we trained it', async () => {
    const sum = createHash('sha256')
      .update(await readFile(demoPath))
      .digest('hex');
    expect(sum).toBe('ef99f27bae050ca23df64e67c2f5eb645cf7fd01320d0d188492f3d37ead69f1');
  });
});
