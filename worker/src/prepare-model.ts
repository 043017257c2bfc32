import http from 'node:http';
import { BadSettings, PlatformSettings, readSettings } from '@verbatim/adapters';
import { ensureModel, type FetchRules, ModelUnavailable } from './model/ensure-model.ts';
import { listModels } from './model/list-models.ts';
import { ModelSettings } from './model/model-settings.ts';
import { type ProgressStream, progressLine } from './model/progress-line.ts';

const PrepareModelSettings = PlatformSettings.pick({ PLATFORM: true }).extend(ModelSettings.shape);

/**
 * Gets the model and prints it as one JSON line; with `list`, prints which models can be chosen and which are here. Answers
 * the exit code; every other word goes to stderr.
 */
export async function prepareModel(
  env: Record<string, string | undefined>,
  streams: { stdout: { write(text: string): unknown }; stderr: ProgressStream },
  options: { list?: boolean; verify?: boolean; rules?: Partial<FetchRules> } = {},
): Promise<number> {
  const line = progressLine(streams.stderr);
  try {
    const settings = readSettings(PrepareModelSettings, env);
    const { list = false, verify = false, rules } = options;
    const answer = list
      ? await listModels(settings, verify)
      : await ensureModel(settings, { progress: line.show, verify }, rules);
    line.end();
    streams.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  } catch (error) {
    line.end();
    if (!(error instanceof ModelUnavailable || error instanceof BadSettings)) throw error;
    streams.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/**
 * `node worker/dist/prepare-model.js [--list] [--verify]`. Ctrl-C simply ends it: the part that was fetched stays for the next time.
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY are followed here. A worker that fetches its model by itself follows them only with
 * Node's own NODE_USE_ENV_PROXY=1, since its other connections would follow them too.
 */
if (import.meta.main) {
  http.setGlobalProxyFromEnv(process.env);
  const has = (option: string) => process.argv.includes(option);
  const options = { list: has('--list'), verify: has('--verify') };
  process.exitCode = await prepareModel(process.env, process, options);
}
