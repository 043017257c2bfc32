import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { demoModel } from '../../worker/src/engine/testing/real-programs.ts';
import { pythonEnvironment } from '../python/python-environment.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../worker/models/scripted', import.meta.url));
const generator = join(folder, 'make_random_model.py');
const numpy = {
  name: 'numpy',
  whatFor: 'The maker of scripted models',
  requirementsPath: join(folder, 'requirements.txt'),
};

/**
 * Said in every window of 30 s: about as many tokens as people need. No line twice, so that nothing looks like a loop, and
 * no sign that `suppress_nst` forbids.
 */
const said =
  'The river runs past the old mill and under the stone bridge. Two children throw bread to the ducks while their ' +
  'mother reads. A train is due at nine but the clock in the hall has stopped. Nobody minds, because the morning is ' +
  'warm and the coffee is good. Later we will walk up the hill, count the boats in the bay, and come home before the ' +
  'rain begins to fall on the roof of the house. Grandfather keeps bees behind the garden wall. He sells honey, wax ' +
  'and candles every Saturday at the market near the church.';

export type ModelSize = 'base' | 'small';

/** Paths of one model in both sizes of number. */
export interface ScriptedModel {
  f16: string;
  q8_0: string;
}

/** A model of full size that says the same words whatever it hears; made once and kept in the cache. */
export async function scriptedModel(
  size: ModelSize,
  { quantizePath, cache, env }: { quantizePath: string; cache: string; env: NodeJS.ProcessEnv },
): Promise<ScriptedModel> {
  const hash = createHash('sha256')
    .update(await readFile(generator))
    .update(said);
  const name = join(cache, 'bench-models', `scripted-${size}-${hash.digest('hex').slice(0, 12)}`);
  const model = { f16: `${name}.bin`, q8_0: `${name}-q8_0.bin` };
  await mkdir(join(cache, 'bench-models'), { recursive: true });
  await madeAside(model.f16, async (aside) => {
    const { python } = await pythonEnvironment(numpy, env);
    const what = ['--size', size, '--stub', demoModel.path, '--script', said, '--out', aside];
    await run(python, [generator, ...what]);
  });
  await madeAside(model.q8_0, (aside) => run(quantizePath, [model.f16, aside, 'q8_0']));
  return model;
}

/** A file that is there is whole. */
async function madeAside(path: string, make: (aside: string) => Promise<unknown>): Promise<void> {
  if (existsSync(path)) return;
  const aside = `${path}.making-${process.pid}`;
  await make(aside);
  await rename(aside, path);
}
