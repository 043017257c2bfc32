// npm run faults -- --row 1 --seed 1 --jobs 1000 --platform local
//
// Harms the running programs as the rows of docs/reliability.md say, and judges what is left.
import { writeFile } from 'node:fs/promises';
import { BadOptions, type FaultsOptions, readOptions, usage } from './command-line.ts';
import { LiveLine } from './report/live-line.ts';
import { type RowReport, rowReportText } from './report/row-report.ts';
import { allRows } from './rows/all-rows.ts';
import { type Campaign, runRow } from './run-row.ts';
import type { PlatformName } from './system/platform.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

try {
  process.exitCode = await faults();
} catch (error) {
  if (stop.signal.aborted) {
    console.error('\nStopped: nothing is left running.');
    process.exitCode = 130;
  } else if (error instanceof BadOptions) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  } else throw error;
}
process.exit();

async function faults(): Promise<number> {
  const options = readOptions(
    process.argv.slice(2),
    allRows.map(({ number }) => number),
  );
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const reports: RowReport[] = [];
  for (const platform of options.platforms) {
    for (const seed of options.seeds) reports.push(...(await runRows(platform, seed, options)));
  }
  if (reports.length === 0)
    throw new BadOptions(`row ${options.rows.join(', ')} can't be tried on ${options.platforms.join(', ')}`);
  if (options.json) await writeFile(options.json, `${JSON.stringify(reports, null, 2)}\n`);
  const failed = reports.filter(({ passed }) => !passed);
  console.log(`${reports.length - failed.length} of ${reports.length} passed`);
  return failed.length === 0 ? 0 : 1;
}

async function runRows(platform: PlatformName, seed: string, options: FaultsOptions): Promise<RowReport[]> {
  const live = new LiveLine(process.stderr);
  const { jobs, clients, keep } = options;
  const campaign: Campaign = {
    ...{ platform, seed, jobs, clients, pollMs: 1_000, stop: stop.signal },
    ...(keep && { keep }),
    onProgress: (line) => live.show(line),
  };
  const reports: RowReport[] = [];
  const possible = allRows.filter(({ platforms }) => platforms.includes(platform));
  for (const row of options.rows.flatMap((number) => possible.filter((some) => some.number === number))) {
    const report = await runRow(row, campaign);
    reports.push(report);
    live.clear();
    console.log(`${rowReportText(report)}\n`);
  }
  return reports;
}
