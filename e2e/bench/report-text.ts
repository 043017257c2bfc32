import type { AroundEngine, SpentAround } from './around-engine.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchReport, Bound, ModelFigures } from './bench-report.ts';
import type { BesideWhisperCliResult } from './beside-whisper-cli.ts';
import type { MeasuredVariant } from './engine-variants.ts';
import type { LanguageCost } from './language-cost.ts';
import type { Comparison, Ratio } from './ratios.ts';

/** Markdown, for people and for docs/performance.md. */
export function reportText({ at, commit, machine, models, bounds, quick }: BenchReport): string {
  const { processor, cores, node, loadAverage } = machine;
  const where = `${at.slice(0, 10)}, ${commit}, ${processor}, cores to use: ${cores}, load ${loadAverage.toFixed(1)}, Node ${node}`;
  const parts = [where, ...models.flatMap(modelText), quick ? '' : boundsTable(bounds)];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function modelText({ model, plan, cli, around, builds, language }: ModelFigures): string[] {
  return [
    cli ? `### ${model}: CPU time beside whisper-cli\n\n${cliTable(cli, plan)}` : '',
    around ? `### ${model}: everything around the engine\n\n${aroundTable(around)}` : '',
    builds ? `### ${model}: the engine otherwise, to the engine as it is\n\n${buildsTable(builds)}` : '',
    language ? `### ${model}: language found out, to language given\n\n${languageTable(language, plan)}` : '',
  ];
}

function cliTable(cli: BesideWhisperCliResult, plan: BenchPlan): string {
  const row = (what: string, other: string, { ours, theirs, cpu, wall, cpuInTotal }: Comparison) => [
    what,
    other,
    seconds(ours.cpuSeconds),
    seconds(theirs.cpuSeconds),
    ratio(cpu),
    cpuInTotal.toFixed(3),
    ratio(wall),
  ];
  const long = `${plan.longSeconds} s, ${plan.longRounds} times`;
  const short = `${plan.shortFiles} x ${plan.shortSeconds} s`;
  return `${table(
    ['audio', 'whisper-cli', 'engine, CPU s', 'whisper-cli, CPU s', 'ratio', 'in total', 'wall time'],
    [
      row(long, 'as nodejs-whisper builds it', cli.long.besidePackage),
      row(long, 'of our build', cli.long.besideOwnBuild),
      row(short, 'as nodejs-whisper builds it', cli.short.besidePackage),
      row(short, 'of our build', cli.short.besideOwnBuild),
    ],
  )}\n\nStarting the engine, once: ${seconds(cli.startCpuSeconds)} CPU s, in no figure above.`;
}

function aroundTable({ long, short, idleCpuSecondsPerMinute }: AroundEngine): string {
  const row = ({ files, audioSeconds, engineCpuSeconds, aroundCpuSeconds, share }: SpentAround) => [
    `${files} x ${audioSeconds / files} s`,
    seconds(engineCpuSeconds),
    Object.entries(aroundCpuSeconds)
      .map(([program, cpu]) => `${program} ${seconds(cpu)}`)
      .join(', '),
    percent(share),
  ];
  const rows = table(['audio', 'engine, CPU s', 'around it, CPU s', 'share'], [row(long), row(short)]);
  return `${rows}\n\nIdle: ${seconds(idleCpuSecondsPerMinute)} CPU s a minute.`;
}

function buildsTable(variants: readonly MeasuredVariant[]): string {
  const rows = variants.map(({ name, what, comparison, reason = '' }) =>
    comparison
      ? [name, what, ratio(comparison.cpu), ratio(comparison.wall)]
      : [name, what, `not measured: ${reason}`, ''],
  );
  return table(['', 'changed', 'CPU', 'wall time'], rows);
}

function languageTable({ long, short }: LanguageCost, plan: BenchPlan): string {
  const row = (length: number, { ours, theirs, cpu, wall, rounds }: Comparison) => [
    `${length} s`,
    ratio(cpu),
    seconds((ours.cpuSeconds - theirs.cpuSeconds) / rounds),
    ratio(wall),
  ];
  const rows = [row(plan.longSeconds, long), row(plan.shortSeconds, short)];
  return table(['audio', 'CPU', 'more, CPU s', 'wall time'], rows);
}

function boundsTable(bounds: readonly Bound[]): string {
  if (bounds.length === 0) return '';
  const rows = bounds.map(({ what, atMost, measured, met }) => [
    what,
    measured.toFixed(3),
    atMost.toFixed(2),
    met ? 'met' : 'MISSED',
  ]);
  return `### Bounds\n\n${table(['', 'measured', 'at most', ''], rows)}`;
}

/** The median, and between what it lay where there was more than one round. */
function ratio({ median, min, max }: Ratio): string {
  const range = min === max ? '' : ` (${min.toFixed(3)}-${max.toFixed(3)})`;
  return `${median.toFixed(3)}${range}`;
}

function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
