import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { CommandFailed, WrongUsage } from '../command-failed.ts';

const repository = resolve(import.meta.dirname, '../../..');

const ListedModel = z.object({
  name: z.string(),
  mebibytes: z.number(),
  /** As published; null for what is made here. */
  sha1: z.string().nullable(),
  state: z.enum(['missing', 'present', 'damaged']),
});
export type ListedModel = z.infer<typeof ListedModel>;

const ModelList = z.object({ folder: z.string(), models: z.array(ListedModel) });
export type ModelList = z.infer<typeof ModelList>;

const ReadyModel = z.object({ path: z.string(), note: z.string().optional() });
export type ReadyModel = z.infer<typeof ReadyModel>;

type Environment = Record<string, string | undefined>;

/** `verify`: by the sum of each whole file, which takes seconds a gigabyte. */
export async function listModels(env: Environment, verify = false): Promise<ModelList> {
  const args = verify ? ['--list', '--verify'] : ['--list'];
  return ModelList.parse(JSON.parse(await prepareModel(args, env)));
}

/** The worker's program shows its own progress on stderr; Ctrl-C ends it too, and the next fetch goes on from there. */
export async function fetchModel(name: string, env: Environment): Promise<ReadyModel> {
  await mustBeListed(name, env);
  // Beside the engine lies whisper-quantize, which makes the -q8_0 models.
  const engine = (await childOutput('standalone/dist/build-engine.js', ['--where'], env)).trim();
  const withEngine = { WHISPER_SERVER: join(engine, 'whisper-server'), ...env, WHISPER_MODEL: name };
  return ReadyModel.parse(JSON.parse(await prepareModel([], withEngine)));
}

/** The files that are here, or the named one, against their sums. @throws CommandFailed when one is not as it should be */
export async function checkModels(name: string | undefined, env: Environment): Promise<ListedModel[]> {
  if (name) await mustBeListed(name, env);
  const { folder, models } = await listModels(env, true);
  const chosen = models.filter((model) => (name ? model.name === name : model.state !== 'missing'));
  const wrong = chosen.filter(({ state }) => state !== 'present');
  if (wrong.length === 0) return chosen;
  const each = wrong.map((model) => `${model.name} is ${model.state}`).join(', ');
  throw new CommandFailed(`${each} in ${folder}. "verbatim models fetch NAME" mends that.`);
}

async function mustBeListed(name: string, env: Environment): Promise<void> {
  const { models } = await listModels(env);
  if (!models.some((model) => model.name === name))
    throw new WrongUsage(`There is no model "${name}": see "verbatim models".`);
}

/** Programs don't import each other, so the worker's own is asked. */
function prepareModel(args: string[], env: Environment): Promise<string> {
  return childOutput('worker/dist/prepare-model.js', args, env);
}

async function childOutput(script: string, args: string[], env: Environment): Promise<string> {
  const path = join(repository, script);
  if (!existsSync(path))
    throw new CommandFailed(
      `${script} is missing: this command needs a checkout, compiled by "npm run build".`,
    );
  // The server's own settings, MODELS_DIR above all; the environment wins over them.
  const envFile = join(repository, '.env');
  const settings = existsSync(envFile) ? [`--env-file=${envFile}`] : [];
  const command = [...settings, path, ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  // It has said why.
  if (exitCode !== 0) throw new CommandFailed('');
  return output;
}
