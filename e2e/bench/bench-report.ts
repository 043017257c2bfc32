import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { AroundEngine } from './around-engine.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BesideWhisperCliResult } from './beside-whisper-cli.ts';
import type { MeasuredVariant } from './engine-variants.ts';
import type { LanguageCost } from './language-cost.ts';
import type { ModelSize } from './scripted-model.ts';

/** Of one model; what was not asked for is left out. */
export interface ModelFigures {
  model: ModelSize;
  plan: BenchPlan;
  cli?: BesideWhisperCliResult;
  around?: AroundEngine;
  builds?: MeasuredVariant[];
  language?: LanguageCost;
}

export interface BenchReport {
  at: string;
  commit: string;
  machine: { processor: string; cores: number; node: string; loadAverage: number };
  /** Measured with little audio: no bound is judged. */
  quick: boolean;
  models: ModelFigures[];
  bounds: Bound[];
}

/** Something that was promised of the engine. */
export interface Bound {
  what: string;
  atMost: number;
  measured: number;
  met: boolean;
}

export function thisMachine(): BenchReport['machine'] {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  };
}

export function commitHere(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    }).trim();
  } catch {
    return 'unknown';
  }
}

export function boundsOf({ model, cli, around }: ModelFigures): Bound[] {
  const bounds: Bound[] = [];
  const atMost = (limit: number, what: string, measured: number) =>
    bounds.push({ what: `${model}: ${what}`, atMost: limit, measured, met: measured <= limit });
  if (cli) {
    atMost(0.8, "one long file, to nodejs-whisper's own build", cli.long.besidePackage.cpu.median);
    atMost(0.8, "short files in total, to nodejs-whisper's own build", cli.short.besidePackage.cpuInTotal);
    atMost(1.03, 'one long file, to whisper-cli of our build', cli.long.besideOwnBuild.cpu.median);
    atMost(0.98, 'short files in total, to whisper-cli of our build', cli.short.besideOwnBuild.cpuInTotal);
  }
  if (around) atMost(0.03, 'one long file, everything around the engine', around.long.share);
  return bounds;
}
