import { parseArgs } from 'node:util';
import type { PlatformName } from './system/platform.ts';

export interface FaultsOptions {
  help: boolean;
  seeds: string[];
  jobs: number;
  rows: number[];
  platforms: PlatformName[];
  clients: number;
  /** Where the report goes as JSON, too. */
  json: string | undefined;
  keep: boolean;
}

export class BadOptions extends Error {}

export const usage = `npm run faults -- [--row 1,2,...|all] [--platform local,aws] [--seed 1,2,...] [--jobs 1000]
                  [--clients 24] [--json report.json] [--keep]

Starts api, workers and notifiers with the simulated engine on a platform of their own, lets clients make jobs while a row
of the fault matrix (docs/reliability.md) does its harm, and then checks that nothing was lost, doubled or left behind.
Ctrl-C ends it and leaves nothing running. Ends with 0 only when every row passed.

  --row       which rows; default 1
  --platform  local: SQLite and files. aws: an emulator. Rows that can't be tried on one are passed over. Default local
  --seed      chooses jobs, victims and moments; default 1
  --jobs      for each row; default 1000
  --clients   at the same time; default 24
  --json      writes the report there, too
  --keep      keeps logs and data of rows that passed, too`;

/** @throws BadOptions with a sentence about what is wrong */
export function readOptions(args: string[], allRows: readonly number[]): FaultsOptions {
  const { values } = parse(args);
  const rows = values.row === 'all' ? [...allRows] : values.row.split(',').map(Number);
  const unknown = rows.filter((row) => !allRows.includes(row));
  if (unknown.length > 0)
    throw new BadOptions(
      `there is no campaign for row ${unknown.join(', ')}; there are ${allRows.join(', ')}`,
    );
  const platforms = values.platform.split(',');
  if (!platforms.every(isPlatform))
    throw new BadOptions('--platform is local, aws, or both with a comma between');
  return {
    help: values.help,
    seeds: values.seed.split(','),
    jobs: wholeNumber('--jobs', values.jobs),
    rows,
    platforms,
    clients: wholeNumber('--clients', values.clients),
    json: values.json,
    keep: values.keep,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        row: { type: 'string', default: '1' },
        platform: { type: 'string', default: 'local' },
        seed: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '1000' },
        clients: { type: 'string', default: '24' },
        json: { type: 'string' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new BadOptions((error as Error).message);
  }
}

function isPlatform(name: string): name is PlatformName {
  return name === 'local' || name === 'aws';
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new BadOptions(`${name} has to be a whole number from 1 on`);
}
