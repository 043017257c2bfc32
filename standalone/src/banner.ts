import { join } from 'node:path';
import { styleText } from 'node:util';
import { publicUrlOf } from '@verbatim/adapters';
import { repository } from './engine/engine-directory.ts';
import { type Model, simulatedModel } from './get-model.ts';
import type { StandaloneSettings } from './settings.ts';

/** What a newcomer needs: where it is, what it runs on, and one command that shows it at work. */
export function banner(settings: StandaloneSettings, model: Model, secondsToStart: number): string {
  const facts: [string, string][] = [
    ['address', `${publicUrlOf(settings)}  (the API is described at /docs)`],
    ['model', modelLine(model)],
    ...linesOf(model.note ?? '').map((line): [string, string] => ['', line]),
    ['data', whereDataLies(settings)],
    ['logs', join(settings.DATA_DIR, 'logs')],
  ];
  const keyFirst = settings.API_KEYS ? '\nFirst: API_KEY=one-of-your-keys' : '';
  return `
${styleText(['bold', 'green'], 'Verbatim is ready')} after ${secondsToStart.toFixed(1)} s.

${facts.map(([name, fact]) => `  ${styleText('dim', name.padEnd(7))}  ${fact}`).join('\n')}

Try it: paste this into another terminal. It uploads a recording, waits, and prints what is said in it.${keyFirst}

${styleText('cyan', tryItCommand(settings))}

Ctrl-C stops it.
`;
}

function modelLine(model: Model): string {
  if (model === simulatedModel) return styleText('red', 'SIMULATED, every text is invented');
  return model.demo ? styleText('yellow', 'DEMO, not for real speech') : model.name;
}

function whereDataLies({ PLATFORM, DATA_DIR }: StandaloneSettings): string {
  return PLATFORM === 'aws' ? 'in S3 and DynamoDB (PLATFORM=aws)' : `${DATA_DIR}  (back up this folder)`;
}

/** Beside the names, no wider than 100 columns together. */
function linesOf(text: string): string[] {
  return text.match(/\S.{0,88}(?=\s|$)/g) ?? [];
}

/**
 * Needs nothing but sh and curl. The transcript's route refuses until the job is done and says with Retry-After when to
 * ask again, which curl follows. A refused upload prints its reason and ends there. The line break is one to every shell.
 */
export function tryItCommand(settings: StandaloneSettings): string {
  const url = publicUrlOf(settings);
  // The key itself stays out of terminals and their logs.
  const key = settings.API_KEYS ? `-H "Authorization: Bearer $API_KEY" ` : '';
  const sample = shellQuoted(join(repository, 'test_sample/en-short.wav'));
  return [
    `  curl -sSf ${key}-F file=@${sample} ${url}/upload-audio/ | cut -d'"' -f4 |`,
    `    xargs -I{} curl -sf ${key}--retry 99 --retry-all-errors "${url}/v1/jobs/{}/transcript?format=txt"`,
  ].join('\n');
}

function shellQuoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
