import type { BenchPlan } from './bench-plan.ts';
import type { Say } from './measure-side-by-side.ts';
import type { Recordings } from './recordings.ts';
import type { ModelSize, ScriptedModel } from './scripted-model.ts';

/** What every part of the measurement is given. */
export interface BenchSetting {
  size: ModelSize;
  model: ScriptedModel;
  plan: BenchPlan;
  recordings: Recordings;
  say: Say;
}
