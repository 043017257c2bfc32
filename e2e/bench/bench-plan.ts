import type { ModelSize } from './scripted-model.ts';

/** How much is measured. */
export interface BenchPlan {
  longSeconds: number;
  longRounds: number;
  shortSeconds: number;
  /** In as many groups as there are rounds. */
  shortFiles: number;
  shortRounds: number;
  flagSeconds: number;
  flagRounds: number;
  aroundSeconds: number;
  aroundShortFiles: number;
}

/** Enough that a second measurement says the same; `small` takes three times as long as `base`, so it has fewer rounds. */
export function planFor(model: ModelSize, quick: boolean): BenchPlan {
  const thorough: BenchPlan = {
    longSeconds: 240,
    longRounds: 3,
    shortSeconds: 20,
    shortFiles: 30,
    shortRounds: 3,
    flagSeconds: 60,
    flagRounds: 3,
    aroundSeconds: 600,
    aroundShortFiles: 30,
  };
  if (quick) {
    const few = {
      longSeconds: 60,
      longRounds: 1,
      shortFiles: 2,
      shortRounds: 1,
      flagSeconds: 30,
      flagRounds: 1,
    };
    return { ...thorough, ...few, aroundSeconds: 60, aroundShortFiles: 2 };
  }
  return model === 'small'
    ? { ...thorough, longSeconds: 180, longRounds: 2, flagRounds: 1, aroundShortFiles: 10 }
    : thorough;
}
