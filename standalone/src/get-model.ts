import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { repository } from './engine/engine-directory.ts';
import { diesWithUs } from './programs/dies-with-us.ts';
import { StartFailed } from './start-failed.ts';

const Model = z.object({
  /** Shown to people. */
  name: z.string(),
  path: z.string(),
  /** True: it knows one small grammar only. */
  demo: z.boolean(),
  /** What is not as people would expect. */
  note: z.string().optional(),
});
export type Model = z.infer<typeof Model>;

/** In the place of a model where the engine is simulated. */
export const simulatedModel = {
  name: 'simulated',
  path: '',
  demo: false,
  note: 'ENGINE=simulated is for tests: it listens to nothing, and every transcript is invented.',
};

/** Finds or fetches the speech model before anything runs; the worker's program shows its own progress. @throws StartFailed */
export async function getModel(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Model> {
  const [command, ...args] = diesWithUs(process.execPath, join(repository, 'worker/dist/prepare-model.js'));
  const child = spawn(command, args, {
    env,
    signal,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  // It has said why.
  if (exitCode !== 0) throw new StartFailed('There is no speech model to start with.');
  return Model.parse(JSON.parse(output));
}
