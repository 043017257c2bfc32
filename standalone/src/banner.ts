import { join } from 'node:path';
import { publicUrlOf } from '@verbatim/adapters';
import { repository } from './engine/engine-directory.ts';
import type { Model } from './get-model.ts';
import type { StandaloneSettings } from './settings.ts';

/** What a newcomer needs: where it is, what it runs on, and one command that shows it at work. */
export function banner(settings: StandaloneSettings, model: Model, secondsToStart: number): string {
  const data =
    settings.PLATFORM === 'aws'
      ? 'in S3 and DynamoDB (PLATFORM=aws)'
      : `${settings.DATA_DIR}  (back up this folder)`;
  return `
Verbatim is ready after ${secondsToStart.toFixed(1)} s.

  address  ${publicUrlOf(settings)}  (the API is described at /docs)
  model    ${model.demo ? 'DEMO, not for real speech' : model.name}${model.note ? `\n           ${model.note}` : ''}
  data     ${data}
  logs     ${join(settings.DATA_DIR, 'logs')}

Try it: paste this into another terminal. It uploads a recording, waits, and prints what is said in it.${
    settings.API_KEYS ? '\nFirst: API_KEY=one-of-your-keys' : ''
  }

  ${tryItCommand(settings)}

Ctrl-C stops it.
`;
}

/**
 * Needs nothing but sh and curl. The transcript's route refuses until the job is done, and curl asks again: for two
 * minutes at most.
 */
export function tryItCommand(settings: StandaloneSettings): string {
  const url = publicUrlOf(settings);
  // The key itself stays out of terminals and their logs.
  const key = settings.API_KEYS ? `-H "Authorization: Bearer $API_KEY" ` : '';
  const sample = shellQuoted(join(repository, 'test_sample/en-short.wav'));
  return [
    `curl -sS ${key}-F file=@${sample} ${url}/upload-audio/ | grep -o 'job_[0-9a-f]\\{32\\}' | head -1 |`,
    `xargs -I% curl -sf ${key}--retry 120 --retry-delay 1 --retry-all-errors "${url}/v1/jobs/%/transcript?format=txt"`,
  ].join(' ');
}

function shellQuoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
