import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineIsSimulated } from './engine-is-simulated.mjs';

describe('a start that needs no engine', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-setup-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [{}, '', false],
    [{ ENGINE: 'simulated' }, '', true],
    [{}, 'PORT=8001\nENGINE=simulated\n', true],
    [{}, '#ENGINE=simulated\n', false],
    [{}, "ENGINE = 'simulated'\n", true],
    // The environment wins.
    [{ ENGINE: 'whisper-server' }, 'ENGINE=simulated\n', false],
  ])('is told by %j and by %j in .env: %s', async (env, text, expected) => {
    const envFile = join(folder, '.env');
    await writeFile(envFile, text);
    expect(engineIsSimulated(env, envFile)).toBe(expected);
  });

  it('is none where there is no .env', () => {
    expect(engineIsSimulated({}, join(folder, 'none'))).toBe(false);
  });
});
