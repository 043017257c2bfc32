import { pause } from '../inject/pauses.ts';
import { type Resources, resourcesOf } from '../system/resources.ts';
import type { Findings, Row } from './row.ts';

const sampleMs = 2_000;
/** A program may hold so much more, or less, towards the end than in the second quarter. */
const drift = 0.1;
/** What comes and goes with each job, and a heap that is collected now and then. */
const slack: Resources = { rssMiB: 16, files: 4, threads: 2 };

/** Nothing is harmed: what the programs hold is measured, from their second quarter, when caches are warm, to their last. */
export const tenThousandJobs: Row = {
  number: 36,
  fault: 'none: 10,000 jobs, one after the other (--jobs 10000)',
  outcome: 'memory, files and threads of each program stay flat, within 10 %',
  platforms: ['local'],
  harmless: true,
  async inject({ system, over }): Promise<Findings> {
    const samples = new Map<string, Resources[]>(system.programs.map(({ name }) => [name, []]));
    while (await pause(sampleMs, over)) {
      for (const { name, life } of system.programs) {
        const resources = life && resourcesOf(life.pid);
        if (resources) samples.get(name)?.push(resources);
      }
    }
    const findings: Findings = { measures: {}, faults: [] };
    for (const [name, ofProgram] of samples) compare(name, ofProgram, findings);
    return findings;
  },
};

function compare(name: string, samples: Resources[], { measures, faults }: Findings): void {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return;
  for (const what of ['rssMiB', 'files', 'threads'] as const) {
    const early = mean(samples.slice(quarter, 2 * quarter), what);
    const late = mean(samples.slice(-quarter), what);
    measures[`${name} ${what}`] = `${early.toFixed(1)} -> ${late.toFixed(1)}`;
    if (late > early * (1 + drift) + slack[what]) faults.push(`${name} holds ${late} ${what} after ${early}`);
  }
}

function mean(samples: Resources[], what: keyof Resources): number {
  return samples.reduce((sum, sample) => sum + sample[what], 0) / samples.length;
}
