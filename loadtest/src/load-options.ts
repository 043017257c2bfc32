import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `npm run load -- [options]

  --requests N     recordings to send in all (10)
  --workers N      clients at the same time, each with one recording after the other (5)
  --monitor        a live line: what the jobs do
  --url URL        the server (http://localhost:8000)
  --sample FILE    the recording (test_sample/en-short.wav)
  --check-text     the transcripts must be what the .txt beside the sample says: for the demo model and its own sentences
  --wait SECONDS   how long to wait for one transcript (600)
  --poll SECONDS   how often each client asks for its job (so that all of them ask five times a second, but not more
                   often than each second)
  --key KEY        an API key; better in the variable VERBATIM_API_KEY, where no list of processes shows it

It runs k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/), found on PATH or by K6_PATH. What the numbers mean:
loadtest/README.md.`;

/** What is wrong with the command line, in a sentence for whoever typed it. */
export class BadOptions extends Error {}

export interface LoadOptions {
  help: boolean;
  monitor: boolean;
  url: string;
  key: string;
  requests: number;
  workers: number;
  waitSeconds: number;
  /** Null: as the number of clients allows. */
  pollSeconds: number | null;
  samplePath: string;
  contentType: string;
  /** Null: the text is not looked at. */
  expectedText: string | null;
}

const contentTypes: Record<string, string> = {
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.webm': 'audio/webm',
};
const defaultSample = resolve(import.meta.dirname, '../../test_sample/en-short.wav');

/** @throws BadOptions */
export function readLoadOptions(args: string[], env: Record<string, string | undefined>): LoadOptions {
  const given = parsed(args);
  const samplePath = resolve(given.sample);
  if (!existsSync(samplePath)) throw new BadOptions(`There is no recording at ${given.sample}.`);
  const requests = wholeNumber('--requests', given.requests);
  return {
    help: given.help,
    monitor: given.monitor,
    url: address(given.url),
    key: given.key ?? env['VERBATIM_API_KEY'] ?? '',
    requests,
    // k6 refuses more clients than recordings.
    workers: Math.min(wholeNumber('--workers', given.workers), requests),
    waitSeconds: wholeNumber('--wait', given.wait),
    pollSeconds: given.poll === undefined ? null : secondsOf('--poll', given.poll),
    samplePath,
    contentType: contentTypes[extname(samplePath).toLowerCase()] ?? 'application/octet-stream',
    expectedText: given['check-text'] ? textBeside(samplePath) : null,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        requests: { type: 'string', default: '10' },
        workers: { type: 'string', default: '5' },
        monitor: { type: 'boolean', default: false },
        url: { type: 'string', default: 'http://localhost:8000' },
        sample: { type: 'string', default: defaultSample },
        'check-text': { type: 'boolean', default: false },
        wait: { type: 'string', default: '600' },
        poll: { type: 'string' },
        key: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new BadOptions((error as Error).message);
  }
}

function wholeNumber(option: string, value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new BadOptions(`${option} has to be a whole number from 1 on.`);
  return Number(value);
}

function secondsOf(option: string, value: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(value) || Number(value) === 0) {
    throw new BadOptions(`${option} has to be a number of seconds, such as 0.2.`);
  }
  return Number(value);
}

function address(value: string): string {
  if (!URL.canParse(value) || !/^https?:/.test(value)) {
    throw new BadOptions('--url has to be an address, like http://localhost:8000.');
  }
  return value.replace(/\/+$/, '');
}

function textBeside(samplePath: string): string {
  const path = samplePath.slice(0, -extname(samplePath).length);
  try {
    return readFileSync(`${path}.txt`, 'utf8').trim().split(/\s+/).join(' ');
  } catch {
    throw new BadOptions(`--check-text needs the true text in ${basename(path)}.txt, beside the recording.`);
  }
}
