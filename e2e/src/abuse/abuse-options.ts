import { parseArgs } from 'node:util';

const parts = ['files', 'paths', 'routes', 'canaries', 'mutations'] as const;
export type Part = (typeof parts)[number];

export const usage = `npm run abuse -- [options]

  --part NAME      files, paths, routes, canaries or mutations; may be repeated (all of them)
  --count N        mutated uploads (10000, with --quick 100)
  --seed N         of the mutations: the same seed makes the same files (1)
  --quick          a quarter of the files, and nothing that takes minutes
  --json FILE      the report for programs too
  --ffmpeg FILE    what the worker decodes with: one without its guards shows that they are missed

Sends hostile input to a server of its own and reads what comes of it. Linux; best as root or where user namespaces are
allowed: then everything runs where the network is counted and nothing else can be written. Exit code 0: all as it should be.`;

/** What is wrong with the command line, in a sentence for whoever typed it. */
export class BadOptions extends Error {}

export interface AbuseOptions {
  help: boolean;
  parts: Part[];
  count: number;
  seed: number;
  quick: boolean;
  jsonPath: string | null;
  workersFfmpeg: string | null;
}

/** @throws BadOptions */
export function readAbuseOptions(args: string[]): AbuseOptions {
  const values = parsed(args);
  const chosen = values.part ?? [...parts];
  const unknown = chosen.find((part) => !parts.includes(part as Part));
  if (unknown !== undefined) throw new BadOptions(`--part ${unknown} is none of ${parts.join(', ')}`);
  return {
    help: values.help,
    parts: parts.filter((part) => chosen.includes(part)),
    count: wholeNumber('--count', values.count ?? (values.quick ? '100' : '10000')),
    seed: wholeNumber('--seed', values.seed),
    quick: values.quick,
    jsonPath: values.json ?? null,
    workersFfmpeg: values.ffmpeg ?? null,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        part: { type: 'string', multiple: true },
        count: { type: 'string' },
        seed: { type: 'string', default: '1' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        ffmpeg: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new BadOptions(`${name} has to be a whole number from 1 on`);
  return Number(text);
}
