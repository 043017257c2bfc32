import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runVerbatim } from '../testing/run-verbatim.ts';

// The worker's own program answers, as it is compiled.
describe('verbatim models', { timeout: 30_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-cli-models-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const models = (...args: string[]) => runVerbatim(['models', ...args], { env: { MODELS_DIR: folder } });

  it('lists what can be chosen, with size, published sum and what is here', async () => {
    await writeFile(join(folder, 'ggml-base-q8_0.bin'), 'put there by hand');
    const { exitCode, stdout } = await models();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^demo +\d+ MiB +present +comes with Verbatim$/m);
    expect(stdout).toMatch(/^small +466 MiB +55356645c2b361a969dfd0ef2c5a50d530afd8d5$/m);
    expect(stdout).toMatch(/^base-q8_0 +77 MiB +present /m);
    expect(stdout).toContain(`in ${folder}`);
    expect(JSON.parse((await models('--json')).stdout).models).toHaveLength(21);
  });

  it('finds a damaged file, and one that is missing where it was named', async () => {
    expect(await models('check')).toMatchObject({ exitCode: 0, stdout: 'demo is whole.\n' });
    await writeFile(join(folder, 'ggml-tiny.bin'), 'half of it');
    const damaged = await models('check');
    expect(damaged).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/tiny is damaged in .*models fetch/),
    });
    expect(await models('check', 'base')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/base is missing/),
    });
    expect(await models('check', 'demo')).toMatchObject({ exitCode: 0 });
  });

  it("fetches by the worker's own program, and passes its verdict on", async () => {
    const demo = await models('fetch', 'demo');
    expect(demo).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/ggml-demo-q8_0\.bin\n.*demo model/),
    });
    // It has said why itself, on the real stderr.
    const env = { MODELS_DIR: folder, MODELS_URL: 'http://models.invalid' };
    const failed = await runVerbatim(['models', 'fetch', 'tiny-q8_0'], { env });
    expect(failed).toEqual({ exitCode: 1, stdout: '', stderr: '' });
  });

  it('knows no other names', async () => {
    for (const command of ['fetch', 'check']) {
      expect(await models(command, 'huge')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/no model "huge"/),
      });
    }
  });
});
