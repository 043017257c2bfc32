import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';
import { table } from '../table.ts';
import { checkModels, fetchModel, listModels, type ModelList } from './speech-models.ts';

/** What lies on this machine, for a server that runs here: the one part that talks to no server. */
export function addModels(program: Command, { env, stdout }: Surroundings): void {
  const models = program
    .command('models')
    .description('list the speech models that a server on this machine can use (MODELS_DIR)')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const list = await listModels(env);
      stdout.write(json ? `${JSON.stringify(list)}\n` : modelsTable(list));
    });
  models
    .command('fetch')
    .description('fetch a model, check it, and make it smaller where its name ends in -q8_0')
    .argument('<name>', 'as "verbatim models" lists them')
    .action(async (name: string) => {
      const { path, note } = await fetchModel(name, env);
      stdout.write(`${path}\n${note ? `${note}\n` : ''}`);
    });
  models
    .command('check')
    .description('compare whole files with their SHA-1')
    .argument('[name]', 'default: every model that is here')
    .action(async (name?: string) => {
      const checked = await checkModels(name, env);
      stdout.write(
        checked.length > 0
          ? checked.map((model) => `${model.name} is whole.\n`).join('')
          : 'No models here.\n',
      );
    });
}

function modelsTable({ models, folder }: ModelList): string {
  const rows = models.map(({ name, mebibytes, sha1, state }) => [
    name,
    `${mebibytes} MiB`,
    state === 'missing' ? '' : state,
    sha1 ?? (name === 'demo' ? 'comes with Verbatim' : 'made here, from the published one'),
  ]);
  return `${table(['model', 'size', 'here', 'published SHA-1'], rows, [1])}\nin ${folder}\n`;
}
