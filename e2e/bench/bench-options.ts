import { parseArgs } from 'node:util';
import type { ModelSize } from './scripted-model.ts';

export const parts = ['cli', 'around', 'builds', 'language'] as const;
type Part = (typeof parts)[number];

export const usage = `npm run bench:engine -- [options]

Measures the CPU time of Verbatim's engine beside whisper-cli, on models of full size that say scripted words.
It takes about 15 minutes of one core with base and 30 with small, and builds each engine it needs once (2 minutes each).

  --model NAMES    base, small or base,small (both)
  --only PARTS     of: cli       beside whisper-cli as nodejs-whisper builds it, and beside our own build of it
                       around    what all other programs of npm start spend, beside the engine
                       builds    build flags, threads, flash attention, f16
                       language  what finding out the language costs
  --builds NAMES   of the part builds: only these rows
  --quick          little audio, one round: does it run at all? No bound is judged
  --out FILE       the figures as JSON (bench-engine.json)

Needs Python 3.10 with venv for making the models (numpy is installed into the cache), cmake and a C++ compiler.
Leave the machine alone meanwhile. On a busy one, keep a core for it: taskset -c 0 npm run bench:engine
`;

/** What is wrong with the command line, in a sentence for whoever typed it. */
export class BadOptions extends Error {}

export interface BenchOptions {
  help: boolean;
  quick: boolean;
  models: ModelSize[];
  parts: Part[];
  /** Null: all. */
  builds: string[] | null;
  outPath: string;
}

/** @throws BadOptions */
export function readBenchOptions(args: string[]): BenchOptions {
  const given = parsed(args);
  return {
    help: given.help,
    quick: given.quick,
    models: chosen('--model', given.model, ['base', 'small'] as const),
    parts: chosen('--only', given.only, parts),
    builds: given.builds?.split(',') ?? null,
    outPath: given.out,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        quick: { type: 'boolean', default: false },
        model: { type: 'string' },
        only: { type: 'string' },
        builds: { type: 'string' },
        out: { type: 'string', default: 'bench-engine.json' },
      },
    }).values;
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error));
  }
}

function chosen<T extends string>(option: string, given: string | undefined, known: readonly T[]): T[] {
  if (given === undefined) return [...known];
  const names = given.split(',');
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new BadOptions(`${option} takes ${known.join(', ')}; not "${unknown}".`);
  return known.filter((name) => names.includes(name));
}
